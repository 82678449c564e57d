import { readFileSync } from 'node:fs'
import { fixture } from '../support/paths.ts'
import { comparePrograms } from './compare.ts'

const opens = 'const fs = require("fs"); fs.closeSync(fs.openSync(".")); console.log(__filename, module.id, require.main, Object.keys(require.cache))'
const tests = fixture('harmless', 'entry-tests.mjs')

comparePrograms([
  { title: '-e runs a script', instead: ['-e', opens, 'argument'] },
  { title: '-p prints what a script comes to', instead: ['-p', 'require("fs").openSync(".") > 2'] },
  { title: '-e runs a module', instead: ['--input-type=module', '-e', 'import { open } from "node:fs/promises"; await (await open(".")).close(); console.log(import.meta.url.slice(0, 5))'] },
  { title: 'an error in -e ends alike', instead: ['-e', 'throw new Error("ours")'] },
  { title: 'a syntax error ends alike', instead: ['--input-type=module', '-e', 'not a script'], masks: ['folder'] },
  { title: 'a script is read from standard input', instead: ['-'], stdin: `${opens}; throw new Error("ours")` },
  { title: 'a module is read from standard input', instead: ['--input-type=module', '-'], stdin: 'import fs from "node:fs"; console.log(fs.openSync(".") > 2, import.meta.main); throw new Error("ours")', masks: ['folder'] },
  { title: 'a session of the REPL is the same', instead: ['-i'], stdin: readFileSync(fixture('harmless', 'entry-repl.txt'), 'utf8') },
  { title: '--check only checks', instead: ['--check', tests] },
  { title: 'a program that does not exist ends alike', instead: ['missing.js'], masks: ['folder'] },
  { title: 'the main module sees itself as such, also after another preload', instead: ['-r', fixture('harmless', 'show.cjs'), fixture('harmless', 'entry-main.cjs'), 'argument'] },
  { title: 'node --test reports the same', instead: ['--test', '--test-reporter=tap', tests], masks: ['durations'] },
  { title: 'a test file that is run by itself reports the same', instead: ['--test-reporter=tap', tests], masks: ['durations'] },
])
