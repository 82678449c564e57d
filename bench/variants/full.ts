process.env.LEAKWATCH = 'full'
process.env.LEAKWATCH_OUTPUT = '/dev/null'
await import('../../lib/register.ts')
