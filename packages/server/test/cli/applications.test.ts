// Which file a name leads to, and what is said of one that is no application.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, HELLO, runKirin, startServing } from '../support/kirin-process.ts'

describe('the application', () => {
  const files = {
    'named.mjs': `export const handler = () => ({ status: 200, body: 'named' })\n`,
    'both.cjs': `module.exports = () => ({ status: 200, body: 'whole' })\nmodule.exports.part = () => ({ status: 200, body: 'part' })\n`,
    'compiled.js': `Object.defineProperty(exports, '__esModule', { value: true })\nexports.default = () => ({ status: 200, body: 'compiled' })\n`,
    'hidden.cjs': `const all = { ['han' + 'dler']: () => ({ status: 200, body: 'hidden' }) }\nmodule.exports = all\n`,
    'package/package.json': '{ "main": "lib/start" }',
    'package/lib/start.mjs': `export default () => ({ status: 200, body: 'main' })\n`,
    'indexed/index.mjs': `export default () => ({ status: 200, body: 'index' })\n`,
    'odd:name.mjs': `export default () => ({ status: 200, body: 'odd' })\n`,
  }

  it.each([
    ['named.mjs:handler', 'named'],
    ['./named:handler', 'named'],
    ['both.cjs', 'whole'],
    ['both:part', 'part'],
    ['compiled.js', 'compiled'],
    ['hidden.cjs:handler', 'hidden'],
    ['package', 'main'],
    ['indexed', 'index'],
    ['odd:name.mjs', 'odd'],
  ])('is found as %s', async (name, body) => {
    const { origin } = await startServing([name], { cwd: applicationDirectory(files) })
    expect((await get('/', { origin })).body).toBe(body)
  })
})

describe('an application that cannot be loaded', () => {
  const files = {
    'app.mjs': HELLO,
    'nothing.mjs': 'const app = 1\n',
    'nothing.cjs': 'const app = 1\n',
    'blank.mjs': 'export default {}\n',
    'named.mjs': 'export const application = () => {}\nexport const other = 1\n',
    'one.mjs': 'export const application = () => {}\n',
    'object.mjs': 'export default { port: 80, host: 1 }\n',
    'text.mjs': `export default 'hello'\n`,
    'promise.mjs': 'export default Promise.resolve(() => {})\n',
    'instance.mjs': 'class Shop {}\nexport default new Shop()\n',
    'hook.mjs': 'const app = () => {}\napp.startup = 3\nexport default app\n',
    'syntax.mjs': 'export default () => {\n  return {{\n',
    'inner.mjs': `import './syntax.mjs'\nexport default () => {}\n`,
    'syntax.cjs': 'module.exports = (\n',
    'link.mjs': `import { nothing } from './app.mjs'\nexport default nothing\n`,
    'throws.mjs': `\nthrow new TypeError('no database\\nat all')\n`,
    'deep.mjs': `import './throws.mjs'\nexport default () => {}\n`,
    'odd.mjs': `throw 'a string'\n`,
    'nullish.mjs': `throw null\n`,
    'missing.mjs': `import 'not-installed'\n`,
    'missing.cjs': `require('not-installed')\n`,
    'exits.mjs': 'process.exit(9)\n',
    'data.yaml': 'a: 1\n',
    'empty/readme': '',
    'koa.mjs': 'export default { callback() {}, middleware: [], context: {} }\n',
    'fetch.mjs': 'export default { fetch() {} }\n',
    'server.mjs': `import { createServer } from 'node:http'\nexport default createServer()\n`,
  }
  const cases: readonly [string, number, string | RegExp][] = [
    ['ap.mjs', 4, /^cannot find the application ap\.mjs: there is no ap\.mjs in \S+; did you mean app\.mjs\?$/],
    ['zebra', 4, /^cannot find the application zebra: there is no zebra, zebra\.js, zebra\.mjs, zebra\.cjs in \S+$/],
    [
      'empty',
      4,
      /^cannot find the application empty: the directory \S+ has no package\.json with a main that exists, and no index\.js, index\.mjs or index\.cjs$/,
    ],
    // No hint that names the entry itself.
    ['/dev/null', 4, 'cannot find the application /dev/null: /dev/null is neither a file nor a directory'],
    ['app.mjs/inner', 4, /^cannot find the application app\.mjs\/inner: \S+\/app\.mjs is not a directory$/],
    [
      'nothing.mjs',
      4,
      'nothing.mjs has no application as its default export: it exports nothing; a program that listens by itself is for kirin run',
    ],
    [
      'nothing.cjs',
      4,
      'nothing.cjs has no application as its default export: it exports an empty object; a program that listens by itself is for kirin run',
    ],
    [
      'blank.mjs',
      4,
      'blank.mjs has no application as its default export: it exports an empty object; a program that listens by itself is for kirin run',
    ],
    ['named.mjs', 4, 'named.mjs has no application as its default export: it exports application, other'],
    [
      'one.mjs',
      4,
      'one.mjs has no application as its default export: it exports application; did you mean one.mjs:application?',
    ],
    [
      'named.mjs:aplication',
      4,
      'named.mjs has no export named aplication: it exports application, other; did you mean named.mjs:application?',
    ],
    ['app.mjs:shop', 4, 'app.mjs has no export named shop: it has only a default export'],
    [
      'named.mjs:other',
      4,
      'the export other of named.mjs is a number; expected a function (request, context) => response',
    ],
    [
      'object.mjs',
      4,
      'the default export of object.mjs is an object with port, host; expected a function (request, context) => response',
    ],
    ['text.mjs', 4, 'the default export of text.mjs is a string; expected a function (request, context) => response'],
    ['promise.mjs', 4, /^the default export of promise\.mjs is a promise \(await it at the top level of the module\);/],
    ['instance.mjs', 4, /^the default export of instance\.mjs is an instance of Shop;/],
    ['hook.mjs', 4, 'the default export of hook.mjs has a startup that is no function but a number'],
    ['syntax.mjs', 4, /^syntax\.mjs cannot be parsed: SyntaxError: .* \(\/\S+syntax\.mjs:\d+\)$/],
    ['inner.mjs', 4, /^inner\.mjs cannot be parsed: SyntaxError: .* \(in a module that it imports\)$/],
    ['syntax.cjs', 4, /^syntax\.cjs cannot be parsed: SyntaxError: .* \(\/\S+syntax\.cjs:\d+\)$/],
    ['link.mjs', 4, /^link\.mjs cannot be parsed: SyntaxError: .*nothing.* \(\/\S+link\.mjs:1\)$/],
    ['throws.mjs', 4, /^throws\.mjs threw while it was loaded: TypeError: no database \(\/\S+throws\.mjs:2:7\)$/],
    ['deep.mjs', 4, /^deep\.mjs threw while it was loaded: TypeError: no database \(\/\S+throws\.mjs:2:7\)$/],
    ['odd.mjs', 4, `odd.mjs threw while it was loaded: 'a string'`],
    ['nullish.mjs', 4, 'nullish.mjs threw while it was loaded: null'],
    ['missing.mjs', 4, /^cannot load missing\.mjs: Cannot find package 'not-installed' imported from \S+missing\.mjs$/],
    ['missing.cjs', 4, /^cannot load missing\.cjs: Cannot find module 'not-installed' required by \S+missing\.cjs$/],
    ['exits.mjs', 3, 'a worker exited with code 9 before it was ready'],
    ['data.yaml', 4, /^cannot load data\.yaml: Node v\S+ does not load \.yaml files$/],
    [
      'koa.mjs',
      4,
      'the default export of koa.mjs is a Koa application; to serve it, run: npm install @nsgi/adapters-koa',
    ],
    [
      'fetch.mjs',
      4,
      'the default export of fetch.mjs is a fetch handler; to serve it, run: npm install @nsgi/adapters-fetch',
    ],
    [
      'server.mjs',
      4,
      /^the default export of server\.mjs is an HTTP server, .*: run a program that listens by itself with kirin run, or export what handles its requests instead/,
    ],
  ]

  async function expectLine(workers: number, [name, code, line]: (typeof cases)[number]): Promise<void> {
    const args = ['-w', String(workers), '-b', '127.0.0.1:0', '--log-level', 'error', name]
    const finished = await runKirin(args, { cwd: applicationDirectory(files) })
    expect(finished.code).toBe(code)
    const message = /^\[[^\]]+\] \[\d+\] \[FATAL\] (?<message>[^\n]*)\n$/.exec(finished.stderr)?.groups?.['message']
    expect(message ?? finished.stderr).toEqual(typeof line === 'string' ? line : expect.stringMatching(line))
  }

  it.each(cases)('%s: exit code %i and one line', (...expected) => expectLine(1, expected))

  // One of each way to fail: not found, no application, threw, ended.
  const several = ['ap.mjs', 'text.mjs', 'throws.mjs', 'exits.mjs']
  it.each(cases.filter(([name]) => several.includes(name)))('%s: the same with several workers', (...expected) =>
    expectLine(3, expected),
  )

  it('says so when the current directory has been removed under the master', async () => {
    const cwd = applicationDirectory({ 'app.mjs': HELLO })
    const { kirin } = await startServing(['app.mjs'], { cwd })
    const [worker = -1] = kirin.workers()
    rmSync(cwd, { recursive: true })
    process.kill(worker, 'SIGKILL')
    const [, reason] = await kirin.line(/Worker 0 failed to boot: (.*); next try in/)
    expect(reason).toBe('the current directory does not exist any more')
  })

  it('shows the whole stack at the level debug', async () => {
    const cwd = applicationDirectory(files)
    const { stderr } = await runKirin(['-b', '127.0.0.1:0', '--log-level', 'debug', 'deep.mjs'], { cwd })
    expect(stderr).toMatch(/\[DEBUG\] Where it failed:\n {4}TypeError: no database\n {4}at all\n {4}at file:/)
  })
})

const FRAMEWORK_APPLICATIONS = {
  'an Express application': {
    adapter: 'adapters-express',
    framework: 'express',
    app: `const express = require('express')\nconst app = express()\napp.get('/', (req, res) => { res.json({ url: req.url }) })\nmodule.exports = app\n`,
  },
  'a Koa application': {
    adapter: 'adapters-koa',
    framework: 'koa',
    app: `const Koa = require('koa')\nconst app = new Koa()\napp.use(ctx => { ctx.body = { url: ctx.url } })\nmodule.exports = app\n`,
  },
  'a fetch handler': {
    adapter: 'adapters-fetch',
    framework: 'hono',
    app: `const { Hono } = require('hono')\nconst app = new Hono()\napp.get('/', c => c.json({ url: new URL(c.req.url).pathname }))\nmodule.exports = app\n`,
  },
  'a Fastify application': {
    adapter: 'adapters-fastify',
    framework: 'fastify',
    app: `const app = require('fastify')()\napp.get('/', async request => ({ url: request.url }))\nmodule.exports = app\n`,
  },
}

describe.each(Object.entries(FRAMEWORK_APPLICATIONS))('%s', (kind, { adapter, framework, app }) => {
  const folder = new URL(`../../../${adapter}/`, import.meta.url)
  const module = new URL(`node_modules/${framework}/`, folder)

  function project(packages: Readonly<Record<string, URL>>): string {
    const cwd = applicationDirectory({ 'app.cjs': app })
    for (const [name, target] of Object.entries(packages)) {
      const path = join(cwd, 'node_modules', name)
      mkdirSync(join(path, '..'), { recursive: true })
      symlinkSync(fileURLToPath(target), path)
    }
    return cwd
  }

  it('is recognised, and served through the adapter that its project has', async () => {
    const cwd = project({ [framework]: module, [`@nsgi/${adapter}`]: folder })
    const { kirin, origin } = await startServing(['app.cjs'], { cwd })
    await kirin.line(new RegExp(`the default export of app\\.cjs is ${kind}: served through @nsgi/${adapter}`))
    expect((await get('/', { origin })).body).toBe('{"url":"/"}')
  })

  it('is refused with the name of the package to install, when it is not installed', async () => {
    const { code, stderr } = await runKirin(['-b', '127.0.0.1:0', 'app.cjs'], {
      cwd: project({ [framework]: module }),
    })
    expect(code).toBe(4)
    const message = `the default export of app.cjs is ${kind}; to serve it, run: npm install @nsgi/${adapter}`
    expect(stderr.endsWith(`[FATAL] ${message}\n`)).toBe(true)
  })
})
