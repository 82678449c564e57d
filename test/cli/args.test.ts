import t from 'tap'
import { type Command, readArgs } from '../../lib/cli/line/args.ts'

const flags = { types: { value: 'TYPES', about: '' }, chain: { value: null, about: '' } }
const reads: Command = { usage: '', about: '', flags, isRunner: false }
const runs: Command = { ...reads, isRunner: true }

t.test('a value follows its flag, or stands behind an equals sign', async t => {
  for (const args of [['--types', 'fs', '--chain', 'a'], ['--types=fs', '--chain', 'a']]) {
    t.strictSame(readArgs(args, reads), { values: new Map([['types', 'fs'], ['chain', '']]), words: ['a'] })
  }
})

t.test('flags may stand behind the words of a command that runs nothing', async t => {
  t.strictSame(readArgs(['a', '--types', 'fs', 'b'], reads), { values: new Map([['types', 'fs']]), words: ['a', 'b'] })
  t.strictSame(readArgs(['--chain', '--', '--types'], reads).words, ['--types'])
})

t.test('what follows a program is the program\'s', async t => {
  t.strictSame(readArgs(['--types', 'fs', 'a.js', '--types', '--other', '-x'], runs), { values: new Map([['types', 'fs']]), words: ['a.js', '--types', '--other', '-x'] })
  t.strictSame(readArgs(['--chain', '--', '--odd', 'a'], runs), { values: new Map([['chain', '']]), words: ['--odd', 'a'] })
})

t.test('a flag that can\'t be followed is named, with what is wanted', async t => {
  const says = (...args: string[]) => {
    try {
      return readArgs(args, runs)
    } catch (error) {
      return error
    }
  }
  t.match(says('--typs', 'fs', 'a.js'), { code: 'ERR_LEAKWATCH_ARGUMENT', message: 'Unknown flag \'--typs\'. Did you mean \'--types\'?' })
  t.match(says('-x'), { message: 'Unknown flag \'-x\'. Valid are --types, --chain.' })
  t.match(says('--toString'), { message: 'Unknown flag \'--toString\'. Valid are --types, --chain.' })
  t.match(says('--types', '--chain', 'a.js'), { message: '--types wants a value: --types TYPES.' })
  t.match(says('--types'), { message: '--types wants a value: --types TYPES.' })
  t.match(says('--types', ' ', 'a.js'), { message: '--types wants a value: --types TYPES.' })
  t.match(says('--chain=on', 'a.js'), { message: '--chain takes no value, but was given \'on\'.' })
})
