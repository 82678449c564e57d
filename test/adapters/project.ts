// The folder that a runner is started in: tests in one of the languages that they may be written in, beside packages as installed.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fixture, inRoot } from '../support/paths.ts'
import type { Runner } from './runners.ts'

export type Language = 'esm' | 'commonjs' | 'typescript'

export interface Project {
  readonly folder: string
  /** Names of the files of tests. */
  readonly files: readonly string[]
  remove(): void
}

interface TypeScript {
  readonly ModuleKind: { readonly ESNext: number, readonly CommonJS: number }
  readonly ScriptTarget: { readonly ES2022: number }
  transpileModule(text: string, options: object): { readonly outputText: string }
}

export const packages = inRoot('test/adapters/node_modules')
const extensions: Readonly<Record<Language, string>> = { esm: 'mjs', commonjs: 'cjs', typescript: 'ts' }

/** Puts what is built among the packages, as it is published: a link would not find the runners beside it. */
export function installLeakwatch(): void {
  const installed = join(packages, 'leakwatch')
  rmSync(installed, { recursive: true, force: true })
  for (const path of ['dist/lib', 'lib', 'schema', 'package.json']) cpSync(inRoot(path), join(installed, path), { recursive: true })
  for (const name of ['source-map-support', 'source-map', 'buffer-from']) cpSync(inRoot(`node_modules/${name}`), join(installed, 'node_modules', name), { recursive: true })
}

/**
 * Writes a project.
 *
 * @param sources Folders and files of `fixtures`
 */
export function makeProject(runner: Runner, language: Language, sources: readonly string[]): Project {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-adapter-'))
  symlinkSync(packages, join(folder, 'node_modules'))
  cpSync(fixture('adapters', 'projects'), folder, { recursive: true })
  // What is left open is judged when it has had this time to close.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', leakwatch: { settleMs: 60 } }))
  const paths = sources.map(source => fixture('adapters', source))
  const files = paths.flatMap(path => path.endsWith('.ts') ? [path] : readdirSync(path).map(name => join(path, name)))
  writeFileSync(join(folder, `dialect.${extensions[language]}`), inLanguage(fixture('adapters', `dialects/${runner}.ts`), language))
  return {
    folder,
    files: files.map(file => {
      const name = basename(file).replace(/ts$/, extensions[language])
      writeFileSync(join(folder, name), inLanguage(file, language))
      return name
    }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function inLanguage(file: string, language: Language): string {
  const text = readFileSync(file, 'utf8')
  if (language === 'typescript') return text
  // The compiler of the repository has no API.
  const { transpileModule, ModuleKind, ScriptTarget } = createRequire(join(packages, 'x'))('typescript') as TypeScript
  const module = language === 'esm' ? ModuleKind.ESNext : ModuleKind.CommonJS
  const { outputText } = transpileModule(text, { compilerOptions: { module, target: ScriptTarget.ES2022, esModuleInterop: true } })
  return outputText.replaceAll('./dialect.ts', `./dialect.${extensions[language]}`)
}
