// The entry `leakwatch/node-test`: `node --test --import leakwatch/node-test`. Each test that leaves something open fails.
import { adapters } from './loaded.ts'

const { allow: allowNow, watchNodeTest } = adapters()

export const allow: typeof allowNow = allowNow

watchNodeTest()
