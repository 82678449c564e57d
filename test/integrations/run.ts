// What leakwatch says of packages that it knows, against real servers and files, on the running Node and the fetched ones.
// Arguments narrow the run: `npm run test:integrations -- 26 pg`.
import { runSuite } from '../programs/suite.ts'
import { check } from './check.ts'
import { integrations } from './integrations.ts'

await runSuite({ folder: 'test/integrations/', cases: integrations, compiled: ['better-sqlite3'], check })
