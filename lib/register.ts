import { preload } from './session/preload.ts'

preload()
