// One contract for the adapters of all test runners, each by the real runner, on the running Node and the fetched ones.
// Arguments narrow the run: `npm run test:adapters -- 26 mocha`.
import { runSuite } from '../programs/suite.ts'
import { cases, check } from './cases.ts'
import { installLeakwatch } from './project.ts'

await runSuite({ folder: 'test/adapters/', cases, check, prepare: installLeakwatch })
