process.env.LEAKWATCH = 'adaptive'
process.env.LEAKWATCH_OUTPUT = '/dev/null'
await import('../../lib/register.ts')
