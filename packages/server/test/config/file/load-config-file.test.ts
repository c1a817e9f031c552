import { spawnSync } from 'node:child_process'
import nodeModule from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { loadConfigFile } from '../../../src/config/file/load-config-file.ts'
import { applicationDirectory } from '../../support/kirin-process.ts'

function load(name: string, text: string) {
  return loadConfigFile(join(applicationDirectory({ [name]: text }), name), name)
}

describe('loadConfigFile', () => {
  it.each([
    ['kirin.config.json', '{ "workers": 2 }'],
    ['kirin.config.mjs', 'export default { workers: 2 }'],
    ['kirin.config.mjs', 'export default () => ({ workers: 2 })'],
    ['kirin.config.mjs', 'export default Promise.resolve({ workers: 2 })'],
    ['kirin.config.mjs', 'export default async () => ({ workers: 2 })'],
    ['kirin.config.cjs', 'module.exports = { workers: 2 }'],
  ])('reads %s: %s', async (name, text) => {
    expect(await load(name, text)).toEqual({ config: { workers: 2 } })
  })

  it.each([
    ['kirin.config.json', '{ "workers": 2', /^kirin\.config\.json: is no JSON: /],
    ['kirin.config.json', '[1, 2]', /^kirin\.config\.json: expected an object of settings, got \[ 1, 2 \]$/],
    ['kirin.config.mjs', 'export const workers = 2', /^kirin\.config\.mjs: has no default export: it exports workers$/],
    ['kirin.config.mjs', 'process.title', /^kirin\.config\.mjs: has no default export: it exports nothing$/],
    ['kirin.config.mjs', 'export default null', /: expected an object of settings, got null$/],
    ['kirin.config.mjs', 'export default () => {}', /: expected an object of settings, got undefined$/],
    ['kirin.config.mjs', 'throw new Error("no vault")', /: cannot be loaded: Error: no vault \(.*kirin\.config\.mjs/],
    ['kirin.config.mjs', 'export default () => { throw new Error("no vault") }', /: cannot be loaded: Error: no vault/],
    ['kirin.config.mjs', 'export default async () => { throw 7 }', /: cannot be loaded: 7$/],
    ['kirin.config.mjs', 'import "./nowhere.mjs"\nexport default {}', /: cannot be loaded: .*nowhere\.mjs/],
  ])('tells in one line what is wrong with %s: %s', async (name, text, line) => {
    const { problem = '' } = await load(name, text)
    expect(problem).toMatch(line)
    expect(problem).not.toContain('\n')
  })

  it('tells of a file that is not there, in the words of the system', async () => {
    const { problem } = await loadConfigFile('/no/such/kirin.config.mjs', 'etc/kirin.config.mjs')
    expect(problem).toMatch(/^etc\/kirin\.config\.mjs: cannot be read: ENOENT/)
  })

  // In a process of its own: the test runner's cache of modules is not node's.
  it('reads a file anew each time', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', READ_TWICE], {
      encoding: 'utf8',
      cwd: applicationDirectory({}),
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1 2\n1 2\n1 2\n1 2\n', stderr: '' })
  })

  it('reads what a file imports anew as well, itself and through others, where Node has hooks for that; by whatever path; packages never', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', IMPORT_TWICE], {
      encoding: 'utf8',
      cwd: applicationDirectory({
        'kirin.config.mjs': IMPORTING,
        'kirin.config.cjs': REQUIRING,
        'far.mjs': `export * from './deep/near.mjs'`,
      }),
    })
    const second = 'registerHooks' in nodeModule ? '2 2 2 2 2 1' : '1 1 1 1 1 1'
    const commonJs = '1 1\n2 1\n'
    const both = `1 1 1 1 1 1\n${second}\n`
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: `${both}${both}${commonJs}`, stderr: '' })
  })

  it('gives up what waits for ever, itself or in what it imports, and reads it again when that is mended', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', WAIT_FOR_EVER], {
      encoding: 'utf8',
      cwd: applicationDirectory({
        'waits.mjs': 'await new Promise(() => {})\nexport default {}',
        'promises.mjs': 'export default new Promise(() => {})',
      }),
    })
    const unloaded =
      /^the file: has not been loaded within 0\.05 s: it, or what it imports, waits at its top level \(await\); give that a time limit$/
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(unloaded)
    expect(lines[1]).toMatch(unloaded)
    expect(lines[2]).toBe('the file: its promise has not settled within 0.05 s; give what it waits for a time limit')
    expect(lines[3]).toBe('{"workers":3}')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

/** The first one is loaded in another way than those after it. */
const WAIT_FOR_EVER = `
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadConfigFile } from ${JSON.stringify(new URL('../../../dist/config/file/load-config-file.js', import.meta.url).href)}
const load = async (...rest) => {
  const { config, problem } = await loadConfigFile(resolve('kirin.config.mjs'), 'the file', ...rest)
  console.log(problem ?? JSON.stringify(config))
}
for (const file of ['waits', 'waits', 'promises']) {
  writeFileSync('kirin.config.mjs', 'export { default } from "./' + file + '.mjs"')
  await load(50)
}
writeFileSync('kirin.config.mjs', 'export default { workers: 3 }')
await load()
`

const IMPORTING = `
import packaged from 'packaged'
import { near } from './far.mjs'
import { near as same } from './deep/near.mjs'
import required from './deep/required.cjs'
import data from './data.json' with { type: 'json' }
export default { parts: [near, same, required.inner, required.outer, data, packaged] }
`

const REQUIRING = `module.exports = { parts: [require('./deep/required.cjs').inner, require('packaged')] }`

const IMPORT_TWICE = `
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadConfigFile } from ${JSON.stringify(new URL('../../../dist/config/file/load-config-file.js', import.meta.url).href)}
process.removeAllListeners('warning')
mkdirSync('deep')
symlinkSync('.', 'current')
mkdirSync('node_modules/packaged', { recursive: true })
for (const name of ['kirin.config.mjs', 'current/kirin.config.mjs', 'kirin.config.cjs']) for (const value of [1, 2]) {
  writeFileSync('deep/near.mjs', 'export const near = ' + value)
  writeFileSync('deep/inner.cjs', 'module.exports = ' + value)
  writeFileSync('deep/required.cjs', 'exports.inner = require("./inner.cjs"); exports.outer = ' + value)
  writeFileSync('data.json', String(value))
  writeFileSync('node_modules/packaged/index.js', 'module.exports = ' + value)
  const { config, problem } = await loadConfigFile(resolve(name), 'the file')
  console.log(...(config?.parts ?? [problem]))
}
`

const READ_TWICE = `
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadConfigFile } from ${JSON.stringify(new URL('../../../dist/config/file/load-config-file.js', import.meta.url).href)}
for (const name of ['a.mjs', 'a.cjs', 'a.json', 'a.js']) {
  const read = []
  for (const workers of [1, 2]) {
    const object = '{ "workers": ' + workers + ' }'
    const before = name === 'a.json' ? '' : name === 'a.mjs' ? 'export default ' : 'module.exports = '
    writeFileSync(name, before + object)
    read.push((await loadConfigFile(resolve(name), name)).config.workers)
  }
  console.log(...read)
}
`
