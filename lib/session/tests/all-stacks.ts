import type { Settings } from '../../model/settings/settings.ts'

/** Settings by which each stack is captured, where stacks are: a test that is judged by a sample would be told of some of its leaks without a line. */
export function withAllStacks(settings: Settings): Settings {
  return settings.mode === 'adaptive' ? { ...settings, mode: 'full' } : settings
}
