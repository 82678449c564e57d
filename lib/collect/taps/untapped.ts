import fs from 'node:fs'

// Functions of node:fs and of process as they were at load, before any tap: what is opened with them is nobody's leak, and what the
// program puts in their place is not called.
export const {
  chmodSync, closeSync, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync, realpathSync, renameSync, rmSync, statSync,
  writeFileSync, writeSync,
} = fs
export const { cwd, getActiveResourcesInfo, kill, uptime } = process
// The pair that hrtime() itself gives takes five times as long.
export const { bigint: hrtimeNs } = process.hrtime
export const getBuiltinModule: typeof process.getBuiltinModule = process.getBuiltinModule

interface Active {
  _getActiveRequests?(): readonly object[]
  _getActiveHandles?(): readonly object[]
}

export const { _getActiveRequests: getActiveRequests, _getActiveHandles: getActiveHandles } = process as Active

// As node:os has it, which is not loaded for that alone.
export const devNull = process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null'
