// The entry `leakwatch/vitest`: `setupFiles: ['leakwatch/vitest']`. Each test that leaves something open fails.
// @ts-expect-error -- An optional peer, which is not installed here.
import * as vitest from 'vitest'
import { adapters } from './loaded.ts'

export { allow } from './allow.ts'

adapters()?.watchVitest(vitest)
