/** A file of tests as a runner's project runs it: others may run the same file. */
export function inProject(file: string, project: string | undefined): string {
  return project === undefined || project === '' ? file : `${file} (${project})`
}
