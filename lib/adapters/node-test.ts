// The entry `leakwatch/node-test`: `node --test --import leakwatch/node-test`. Each test that leaves something open fails.
import { adapters } from './loaded.ts'

export { allow } from './allow.ts'

adapters()?.watchNodeTest()
