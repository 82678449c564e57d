process.env.LEAKWATCH = 'count'
process.env.LEAKWATCH_OUTPUT = '/dev/null'
await import('../../lib/register.ts')
