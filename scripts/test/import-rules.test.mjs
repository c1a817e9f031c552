// The linter's configuration is a wall between folders: each stone is pushed once. The files below are written to a
// folder that looks like the repository and are linted with the repository's own configuration.
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const root = fileURLToPath(new URL('../..', import.meta.url))
const server = 'packages/server/src'

/** [importing file, what it imports, whether that is forbidden, which rule it stands for] */
const imports = [
  ['packages/spec/src/request.ts', './response.ts', false],
  ['packages/spec/src/request.ts', 'node:net', true],
  ['packages/spec/src/request.ts', 'express', true],
  ['packages/spec/src/request.ts', './testing/index.ts', true],

  ['packages/adapters-express/src/index.ts', '@nsgi/spec', false],
  ['packages/adapters-express/src/index.ts', '@nsgi/adapters-node', false],
  ['packages/adapters-express/src/index.ts', 'express', false],
  ['packages/adapters-express/src/index.ts', '@nsgi/server', true],
  ['packages/adapters-koa/src/index.ts', '@nsgi/adapters-node', false],
  ['packages/adapters-koa/src/index.ts', 'koa', false],
  ['packages/adapters-koa/src/index.ts', '@nsgi/server', true],
  [`${server}/index.ts`, '@nsgi/adapters-koa', true],
  ['packages/adapters-fastify/src/index.ts', 'fastify', false],
  ['packages/adapters-fastify/src/index.ts', '@nsgi/server', true],
  [`${server}/index.ts`, '@nsgi/adapters-fastify', true],
  ['packages/adapters-fetch/src/request/origin.ts', '@nsgi/spec', false],
  ['packages/adapters-fetch/src/request/origin.ts', '@nsgi/server', true],
  [`${server}/index.ts`, '@nsgi/adapters-fetch', true],
  ['packages/adapters-node/src/request/message.ts', '@nsgi/server/http', true],
  ['packages/adapters-node/src/index.ts', '../../server/src/index.ts', true],

  [`${server}/index.ts`, './worker/entry.ts', false],
  [`${server}/index.ts`, '@nsgi/adapters-express', true],
  [`${server}/index.ts`, './cli/run.ts', true],
  [`${server}/cli/bin.ts`, '../arbiter/arbiter.ts', false],
  [`${server}/cli/bin.ts`, '@nsgi/adapters-express', true],
  [`${server}/node-http/server.ts`, '@nsgi/adapters-node', false],
  [`${server}/node-http/server.ts`, '@nsgi/adapters-express', true],
  [`${server}/node-http/server.ts`, '../worker/entry.ts', true],

  [`${server}/arbiter/arbiter.ts`, '../transport/bind.ts', false],
  [`${server}/arbiter/arbiter.ts`, '../ipc/messages.ts', false],
  [`${server}/arbiter/arbiter.ts`, 'node:child_process', false],
  [`${server}/arbiter/arbiter.ts`, '../transport/driver.ts', true],
  [`${server}/arbiter/arbiter.ts`, '../http1/connection.ts', true],
  [`${server}/arbiter/arbiter.ts`, '../worker/entry.ts', true],
  [`${server}/arbiter/arbiter.ts`, '../cli/options.ts', true],
  [`${server}/arbiter/arbiter.ts`, '@nsgi/adapters-node', true],
  [`${server}/worker/entry.ts`, '../transport/driver.ts', false],
  [`${server}/worker/entry.ts`, '../ipc/messages.ts', false],
  [`${server}/worker/entry.ts`, '../arbiter/arbiter.ts', true],
  [`${server}/worker/entry.ts`, '../cli/options.ts', true],
  [`${server}/ipc/messages.ts`, '../worker/entry.ts', true],
  [`${server}/transport/driver.ts`, '../http1/connection.ts', false],
  [`${server}/transport/driver.ts`, 'node:net', false],
  [`${server}/transport/driver.ts`, '../worker/entry.ts', true],
  [`${server}/http2/session.ts`, 'node:http2', false],
  [`${server}/http2/session.ts`, '../exchange/exchange.ts', false],
  [`${server}/http2/session.ts`, '../worker/entry.ts', true],
  [`${server}/http2/session.ts`, '../arbiter/arbiter.ts', true],
  [`${server}/log/access.ts`, '../arbiter/arbiter.ts', true],
  [`${server}/config/table.ts`, '../cli/options.ts', true],
  [`${server}/systemd/notifier.ts`, '../arbiter/model.ts', false],
  [`${server}/systemd/notifier.ts`, '../arbiter/arbiter.ts', true],
  [`${server}/control/server.ts`, '../arbiter/notices.ts', false],
  [`${server}/control/server.ts`, '../worker/entry.ts', true],
  [`${server}/control/server.ts`, '../cli/options.ts', true],
  [`${server}/metrics/exposition.ts`, '../http1/connection.ts', true],

  [`${server}/http1/connection.ts`, './framing.ts', false],
  [`${server}/http1/connection.ts`, '../exchange/exchange.ts', false],
  [`${server}/exchange/exchange.ts`, '../http1/connection.ts', true],
  [`${server}/exchange/exchange.ts`, 'node:net', true],
  [`${server}/arbiter/arbiter.ts`, '../exchange/errors.ts', true],
  [`${server}/http1/connection.ts`, '@nsgi/spec', false],
  [`${server}/http1/connection.ts`, 'node:buffer', false],
  ...['node:net', 'node:tls', 'node:timers', 'node:timers/promises', 'node:fs', 'node:fs/promises', 'node:process'].map(
    name => [`${server}/http1/connection.ts`, name, true],
  ),
  [`${server}/http1/connection.ts`, 'net', true],
  [`${server}/http1/connection.ts`, '../transport/driver.ts', true],
  [`${server}/http1/connection.ts`, '../config/settings.ts', true],
  [`${server}/http1/connection.ts`, '@nsgi/spec/fields', false],
  [`${server}/proxy/forwarded/forwarded-fields.ts`, '../../exchange/authority.ts', false],
  [`${server}/proxy/forwarded/forwarded-fields.ts`, '../../transport/serve.ts', true],
  [`${server}/proxy/forwarded/forwarded-fields.ts`, 'node:net', true],
  [`${server}/proxy/trusted-peers.ts`, 'node:net', false],
  [`${server}/proxy/forwarded/node-name.ts`, 'node:net', false],
  [`${server}/proxy/forwarded/node-name.ts`, '../../transport/serve.ts', true],
  [`${server}/proxy/protocol/addresses.ts`, 'node:dns', true],
  [`${server}/http1/llhttp-module.ts`, 'node:fs', false],
  [`${server}/http1/llhttp-module.ts`, 'node:net', true],
  [`${server}/proxy/forwarded.ts`, '../exchange/fields.ts', false],
  [`${server}/proxy/forwarded.ts`, 'node:net', true],
  [`${server}/proxy/forwarded.ts`, 'node:fs', true],
]

/** [file, its text, the rule that must speak up] */
const others = [
  [`${server}/http1/clock.ts`, 'export const at = Date.now()\n', 'no-restricted-properties'],
  [`${server}/http1/environment.ts`, 'export const port = process.env.PORT\n', 'no-restricted-globals'],
  [`${server}/proxy/timer.ts`, 'setTimeout(() => undefined, 1)\n', 'no-restricted-globals'],
  [`${server}/worker/floating.ts`, 'async function go(): Promise<void> {}\ngo()\n', 'no-floating-promises'],
  [
    `${server}/worker/misused.ts`,
    'export const all = [1].filter(async n => await Promise.resolve(n > 1))\n',
    'no-misused-promises',
  ],
  [`${server}/worker/any.ts`, 'export function id(x: any): unknown {\n  return x\n}\n', 'no-explicit-any'],
  [`${server}/worker/default.ts`, 'export default function start(): void {}\n', 'no-default-export'],
  [`${server}/worker/later.ts`, `// ${['to', 'do'].join('')}: later\nexport const x = 1\n`, 'no-warning-comments'],
  [`${server}/worker/one.ts`, "import { two } from './two.ts'\nexport const one = (): unknown => two\n", 'no-cycle'],
  [`${server}/worker/two.ts`, "import { one } from './one.ts'\nexport const two = (): unknown => one\n", 'no-cycle'],
  [`${server}/worker/BadName.ts`, 'export const x = 1\n', 'filename-case'],
  [
    'packages/server/test/only.test.ts',
    "import { it } from '@jest/globals'\nit.only('x', () => {})\n",
    'no-focused-tests',
  ],
]

/** Files that have rules of their own. */
const NAMED = new Set(['llhttp-module.ts', 'trusted-peers.ts', 'node-name.ts', 'addresses.ts'])

let folder
const found = new Map()

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'import-rules-'))
  cpSync(path.join(root, '.oxlintrc.json'), path.join(folder, '.oxlintrc.json'))
  cpSync(path.join(root, 'tsconfig.base.json'), path.join(folder, 'tsconfig.json'))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  imports.forEach(([file, specifier], index) => {
    write(
      caseFile(file, index),
      `import type { x as x${index} } from '${specifier}'\nexport type X${index} = typeof x${index}\n`,
    )
  })
  for (const [file, text] of others) write(file, text)
  await lint()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each import stands in a file of its own, in the folder that the rule is for; exceptions for one file keep its name. */
function caseFile(file, index) {
  return NAMED.has(path.basename(file)) ? file : file.replace(/[^/]+\.ts$/, `case-${index}.ts`)
}

function write(file, text) {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  writeFileSync(path.join(folder, file), text, { flag: 'a' })
}

async function lint() {
  const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint')
  const { stdout } = await promisify(execFile)(process.execPath, [oxlint, '--format=json', 'packages'], {
    cwd: folder,
    maxBuffer: 16 * 1024 * 1024,
  }).catch(error => error)
  for (const { filename, code, labels } of JSON.parse(stdout).diagnostics) {
    const list = found.get(filename) ?? []
    list.push({ rule: /\(([^)]+)\)/.exec(code)?.[1] ?? code, line: labels[0]?.span.line })
    found.set(filename, list)
  }
}

describe('the linter lets a folder import what its place in the architecture allows', () => {
  imports.forEach(([file, specifier, forbidden], index) => {
    it(`${file} ${forbidden ? 'may not' : 'may'} import ${specifier}`, () => {
      const where = caseFile(file, index)
      // Cases that share a file (its name is the rule) stand in it two lines each, in order.
      const line = where === file ? 1 + 2 * imports.filter(([f], i) => f === file && i < index).length : 1
      const reported = (found.get(where) ?? []).some(d => d.rule === 'no-restricted-imports' && d.line === line)
      expect(reported).toBe(forbidden)
    })
  })
})

describe('the linter speaks up about', () => {
  for (const [file, text, rule] of others) {
    it(`${rule} in ${file}: ${text.split('\n')[0]}`, () => {
      expect((found.get(file) ?? []).map(diagnostic => diagnostic.rule)).toContain(rule)
    })
  }
})
