// The JSON schema that ships, as the tests hold every report against it.
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { inRoot } from './paths.ts'

const schema = JSON.parse(readFileSync(inRoot('schema/leakwatch-report-1.schema.json'), 'utf8'))
const validate = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true }).compile(schema)

/** Where a value breaks the schema `leakwatch-report/1`; empty when it is valid. */
export function schemaFaults(report: unknown): readonly string[] {
  const plain: unknown = JSON.parse(JSON.stringify(report))
  return validate(plain) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
