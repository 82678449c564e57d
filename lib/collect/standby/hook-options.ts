/** Keeps promises from a hook, where Node honours it. */
export const withoutPromises = { trackPromises: false }
