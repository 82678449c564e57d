import type { Case } from '../programs/suite.ts'

/** Each a file of tests, `fixtures/<name>.mjs`. */
export const integrations: readonly Case[] = [
  { name: 'pg', needs: ['postgres'] },
  { name: 'fs' },
  { name: 'mysql2', needs: ['mariadb'] },
  { name: 'node-sqlite', sinceNode: 22 },
  { name: 'better-sqlite3', runningNodeAlone: true },
  { name: 'pg-held', needs: ['postgres'] },
  { name: 'pg-service', needs: ['postgres'] },
]
