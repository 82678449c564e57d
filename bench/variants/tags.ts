import { scope, track } from 'leakwatch'
import { given } from '../workloads/instrument.ts'

given.instrument = { track, scope }
