/** Whether the environment switches leakwatch off, as `register` reads it. */
export function isOff({ LEAKWATCH }: { readonly LEAKWATCH?: string | undefined }): boolean {
  return LEAKWATCH?.trim() === 'off'
}
