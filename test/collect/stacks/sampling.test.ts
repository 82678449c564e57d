import t from 'tap'
import { type Opening, skipped } from '../../../lib/collect/stacks/opening.ts'
import { Sampling } from '../../../lib/collect/stacks/sampling.ts'

const budget = 0.01
const costMs = 0.05

/** A program by a clock of its own, in which each stack takes 0.05 ms. */
class Program {
  nowMs = 0
  captured = 0
  opened = 0
  readonly sampling = new Sampling(() => this.nowMs)

  constructor(share = budget) {
    this.sampling.want(share)
  }

  /** Whether the stack of what is opened was captured. */
  open(type: string, takesMs = costMs): boolean {
    this.opened++
    const opening: Opening = { stack: -1, facts: { type } }
    const isTaken = this.sampling.takes(opening)
    if (isTaken) this.capture(type, takesMs)
    else if (opening.stack !== skipped) throw new Error('an opening without a stack is not known as such')
    return isTaken
  }

  get spentMs(): number {
    return this.captured * costMs
  }

  private capture(type: string, takesMs: number): void {
    this.captured++
    this.nowMs += takesMs
    this.sampling.spent(type)
  }
}

/** How many of each kind were captured, opened in turn at that pace for so long. */
function capturedInTurn(kinds: readonly string[], { everyMs, forMs, type }: { readonly everyMs: number, readonly forMs: number, readonly type: (kind: string) => string }): number[] {
  const program = new Program()
  const counts = kinds.map(() => 0)
  while (program.nowMs < forMs) {
    for (const [index, kind] of kinds.entries()) {
      program.nowMs += everyMs
      if (program.open(type(kind))) counts[index]!++
    }
  }
  return counts
}

t.test('while stacks take less than the budget each is captured', async t => {
  const program = new Program()
  for (let count = 0; count < 10_000; count++) {
    program.nowMs += 10
    program.open('fd')
  }
  t.strictSame([program.captured, program.sampling.skipped], [10_000, 0])
})

t.test('a start and a burst have their stacks, up to four seconds\' worth', async t => {
  const program = new Program()
  for (let count = 0; count < 800; count++) program.open('fd')
  program.nowMs = 3_600_000
  for (let count = 0; count < 800; count++) program.open('fd')
  t.equal(program.captured, 1_600)
})

t.test('beyond the budget a sample is captured, which takes what there is', async t => {
  const program = new Program()
  while (program.nowMs < 60_000) {
    program.nowMs += 0.1
    program.open('fd')
  }
  t.equal(program.captured + program.sampling.skipped, program.opened)
  t.ok(program.opened > 500_000)
  t.ok(program.spentMs < budget * (60_000 + 5_000) + 1, `${program.spentMs} ms are spent`)
  t.ok(program.spentMs > 0.9 * budget * 60_000, `${program.spentMs} ms are spent`)
})

t.test('a budget of less than a stack each second is kept all the same', async t => {
  const program = new Program(0.00001)
  for (let count = 0; count < 1_000_000; count++) {
    program.nowMs += 0.1
    program.open('fd')
  }
  t.ok(program.captured >= 10 && program.captured <= 30, `${program.captured} are captured`)
})

t.test('what is opened now and then has its stack, however often something else is', async t => {
  const program = new Program()
  const rare: boolean[] = []
  for (let count = 1; count <= 500_000; count++) {
    program.nowMs += 0.05
    program.open('FSREQCALLBACK')
    if (count % 20_000 === 0) rare.push(program.open('fd'), program.open('TCPSERVERWRAP'))
  }
  t.strictSame(rare, rare.map(() => true))
  t.ok(program.sampling.skipped > 450_000)
})

t.test('what was opened often, and now is but now and then, has each stack again', async t => {
  const program = new Program()
  const openFor = (ms: number, type: string) => {
    for (const endsAtMs = program.nowMs + ms; program.nowMs < endsAtMs;) {
      program.nowMs += 0.1
      program.open(type)
    }
  }
  openFor(60_000, 'fd')
  for (let count = 0; count < 10; count++) {
    openFor(5_000, 'FSREQCALLBACK')
    t.ok(program.open('fd'))
  }
})

t.test('two types that are opened often share what there is', async t => {
  const [often, oftener] = [0, 0]
  const program = new Program()
  const captured = { often, oftener }
  while (program.nowMs < 60_000) {
    program.nowMs += 0.1
    if (program.open('TCPWRAP')) captured.oftener++
    if (program.opened % 5 === 0 && program.open('FSREQCALLBACK')) captured.often++
  }
  t.ok(captured.often > captured.oftener / 6, JSON.stringify(captured))
})

t.test('what comes in turn is captured in its true share, whatever the beat', async t => {
  for (const everyMs of [0.05, 0.1, 0.25, 1]) {
    for (const length of [2, 3, 10]) {
      const kinds = Array.from({ length }, (_, index) => String(index))
      const counts = capturedInTurn(kinds, { everyMs, forMs: 50_000, type: () => 'fd' })
      const mean = counts.reduce((sum, count) => sum + count, 0) / length
      t.ok(counts.every(count => count > mean * 0.85 && count < mean * 1.15), `${counts.join()} of ${length} kinds, one each ${everyMs} ms`)
    }
  }
})

t.test('one in a thousand of what is opened often has its stack after a while', async t => {
  const program = new Program()
  let leaks = 0
  for (let count = 1; count <= 3_000_000; count++) {
    program.nowMs += 0.1
    if (program.open('fd') && count % 1_000 === 0) leaks++
  }
  t.ok(leaks > 30, `${leaks} of 3,000 have one`)
})

t.test('many types at once take no more than the budget', async t => {
  const program = new Program()
  while (program.nowMs < 60_000) {
    for (let type = 0; type < 64; type++) {
      program.nowMs += 0.01
      program.open(`type ${type}`)
    }
  }
  t.ok(program.spentMs < budget * (60_000 + 5_000) * 1.05, `${program.spentMs} ms are spent`)
})

t.test('what was held up by something else does not cost the next ones their stacks', async t => {
  const program = new Program()
  for (let count = 0; count < 300; count++) {
    program.nowMs += 10
    t.ok(program.open('fd', 50))
  }
})

t.test('who opens nothing for an hour is lent nothing for it', async t => {
  const program = new Program()
  program.nowMs = 3_600_000
  for (let count = 0; count < 100_000; count++) program.open('fd')
  t.ok(program.spentMs < 2 * budget * 5_000, `${program.spentMs} ms are spent`)
})

t.test('the stack of what ends goes with that of its opening', async t => {
  const program = new Program()
  const { sampling } = program
  t.strictSame([sampling.takesEnd({ stack: skipped }), sampling.takesEnd({ stack: 1 }), sampling.skipped], [false, true, 0])
  while (program.open('fd'));
  for (let count = 0; count < 1_000; count++) {
    if (!sampling.takesEnd({ stack: 1 })) continue
    program.nowMs += costMs
    sampling.spent('end')
  }
  t.ok(sampling.skipped > 100, 'without a budget it is skipped')
})

t.test('what was spent stays spent while each stack is wanted for a time', async t => {
  const program = new Program()
  while (program.open('fd'));
  for (let count = 0; count < 1_000; count++) {
    program.sampling.want(Infinity)
    t.ok(program.open('fd'))
    program.sampling.want(budget)
    program.open('fd')
  }
  t.ok(program.captured < 2_100, `${program.captured} are captured`)
})

t.test('where each stack is wanted the clock is not asked', async t => {
  const sampling = new Sampling(() => { throw new Error('asked') })
  sampling.begin()
  sampling.spent('fd')
  t.strictSame([sampling.isOn, sampling.takes({ stack: -1 }), sampling.takesEnd({ stack: skipped }), sampling.skipped], [false, true, true, 0])
})
