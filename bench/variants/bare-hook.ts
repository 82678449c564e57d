import { createHook } from 'node:async_hooks'

// The least that any AsyncHook costs on this Node.
createHook({ init() {}, ...{ trackPromises: false } }).enable()
