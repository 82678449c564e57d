/** A measured piece of work: it checks its own answer and says how often it did what. */
export interface Workload {
  /** Does the work once and returns its answer. */
  readonly run: () => Promise<number>
  /** The answer that is right. */
  readonly answer: number
  readonly close?: () => Promise<void>
  /** How often it is timed; short work that is timed often finds a quiet moment of the machine. @defaultValue 3 */
  readonly repeats?: number
}

const warmUps = 2

/** Runs a workload in this process and prints the fastest of its repeats in milliseconds, as one JSON line. */
export async function timed(workload: Workload): Promise<void> {
  const { repeats = 3 } = workload
  let fastestMs = Infinity
  for (let round = 0; round < warmUps + repeats; round++) {
    const startMs = performance.now()
    const answer = await workload.run()
    const ms = performance.now() - startMs
    if (answer !== workload.answer) throw new Error(`the answer is ${answer} instead of ${workload.answer}`)
    if (round >= warmUps) fastestMs = Math.min(fastestMs, ms)
  }
  await workload.close?.()
  process.stdout.write(`${JSON.stringify({ ms: fastestMs })}\n`, () => process.exit(0))
}
