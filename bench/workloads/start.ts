// A program that does nothing, since the start of the process: loading counts.
process.once('exit', () => process.stdout.write(`${JSON.stringify({ ms: performance.now() })}\n`))
