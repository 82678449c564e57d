// The entry `leakwatch/vitest`: `setupFiles: ['leakwatch/vitest']`. Each test that leaves something open fails.
import * as vitest from 'vitest'
import { adapters } from './loaded.ts'

const { allow: allowNow, watchVitest } = adapters()

export const allow: typeof allowNow = allowNow

watchVitest(vitest)
