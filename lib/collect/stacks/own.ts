// Where leakwatch runs from: the same in its modules as in the files they are bundled to.

/** The folder, as a URL that ends in a slash. */
export function ownRoot(): string {
  return import.meta.url.slice(0, import.meta.url.lastIndexOf('/lib/') + '/lib/'.length)
}

/** As `ownRoot`, as scripts are named that no loader has loaded. */
export function ownFolder(): string {
  // Missing where a module comes from no file.
  const file = (import.meta.filename as string | undefined) ?? import.meta.url
  return file.slice(0, Math.max(file.lastIndexOf('/lib/'), file.lastIndexOf('\\lib\\')) + '/lib/'.length)
}
