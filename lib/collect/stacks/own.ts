// Where leakwatch runs from: the same in its modules as in the files they are bundled to.

/** The folder, as a URL that ends in a slash. */
export function ownRoot(): string {
  return import.meta.url.slice(0, import.meta.url.lastIndexOf('/lib/') + '/lib/'.length)
}

/** As `ownRoot`, as scripts are named that no loader has loaded. */
export function ownFolder(): string {
  return folderOf(import.meta.filename, import.meta.url)
}

/** The folder `lib` that a module lies in, given what it is told of itself: runners that load modules their own way may leave out its file. */
export function folderOf(filename: string | undefined, url: string): string {
  const file = filename ?? (url.startsWith('file:') ? process.getBuiltinModule('node:url').fileURLToPath(url) : url)
  return file.slice(0, Math.max(file.lastIndexOf('/lib/'), file.lastIndexOf('\\lib\\')) + '/lib/'.length)
}
