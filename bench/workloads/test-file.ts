import { test } from 'node:test'

// Since the start of the process: loading counts.
void test('a test', () => {})
process.once('exit', () => process.stdout.write(`${JSON.stringify({ ms: performance.now() })}\n`))
