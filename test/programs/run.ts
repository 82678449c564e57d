// Real programs under `register`, on the running Node and the fetched ones.
// Arguments narrow the run: `npm run test:programs -- 26 express`.
import { check } from './check.ts'
import { programs } from './programs.ts'
import { runSuite } from './suite.ts'

await runSuite({ folder: 'test/programs/', cases: programs, check })
