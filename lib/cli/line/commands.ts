import type { Command, Flags } from './args.ts'

const help: Flags = { help: { value: null, about: 'tells this' } }

const shown: Flags = {
  format: { value: 'NAME', about: 'text (default), json, github, junit, sarif, html or pprof' },
  'exit-code': { value: 'CODE', about: 'the exit code where there are leaks, 1 to 255' },
  ...help,
}

/** Each flag but `--help` is a variable of the environment: `LEAKWATCH` and the flag's name, but for `--mode`, which is `LEAKWATCH` alone. */
const recorded: Flags = {
  mode: { value: 'MODE', about: 'full (default), adaptive, count or off' },
  budget: { value: 'SHARE', about: 'the share of one core that stacks may take with --mode adaptive (default 1%)' },
  types: { value: 'TYPES', about: 'groups or types, comma-separated: fs, net, timers, all, TCPWRAP, …' },
  format: shown.format!,
  output: { value: 'PATH', about: 'the file of the report, standard error by default; {pid} and {tid} are filled in' },
  when: { value: 'WHEN', about: 'exit, signal, emfile, threshold, comma-separated (default exit,emfile)' },
  signal: { value: 'SIGNAL', about: 'a signal that makes the program report, such as SIGUSR2' },
  'exit-code': { value: 'CODE', about: 'the exit code where something leaked and the program itself succeeded, 1 to 255' },
  baseline: { value: 'PATH', about: 'a file of leaks that are borne' },
  'baseline-update': { value: null, about: 'brings that file up to date' },
  depth: { value: 'FRAMES', about: 'frames kept of each stack, 0 to 64 (default 16)' },
  chain: { value: null, about: 'tells how each leak was reached' },
  ownership: { value: 'LEVEL', about: 'what is done about misused descriptors: off, warn (default) or throw' },
  config: { value: 'PATH', about: 'a file of options as JSON' },
  ...help,
}

export const commands = {
  run: {
    usage: 'run [FLAGS] PROGRAM [ARGUMENTS]',
    about: 'runs a program, and reports what it leaves open',
    flags: recorded,
    isRunner: true,
  },
  attach: {
    usage: 'attach [FLAGS] PID | HOST:PORT',
    about: 'tells what a process that runs has open, or what it opens from now on',
    flags: {
      for: { value: 'SECONDS', about: 'how long it is recorded before it is told of (default 10; at once where leakwatch records it already)' },
      types: recorded.types!,
      budget: { value: 'SHARE', about: 'the share of one core that stacks may take, of which a sample is captured beyond it (default 5%)' },
      'min-age': { value: 'SECONDS', about: 'tells of what has been open for that long, and not of what is in use for a moment (default 0.5)' },
      snapshot: { value: null, about: 'prints the snapshot itself, for leakwatch report and diff' },
      ...shown,
    },
    isRunner: false,
  },
  report: {
    usage: 'report [FLAGS] FILE …',
    about: 'tells reports, or snapshots, that were saved as JSON; - reads standard input',
    flags: shown,
    isRunner: false,
  },
  diff: {
    usage: 'diff [FLAGS] BEFORE AFTER',
    about: 'tells what is new in the second of two saved reports, or was opened between two snapshots',
    flags: shown,
    isRunner: false,
  },
} as const satisfies Readonly<Record<string, Command>>

export type CommandName = keyof typeof commands
