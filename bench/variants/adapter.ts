import '../../lib/adapters/node-test.ts'
