import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const modules = ['serving', 'targets'].map(name => new URL(`../dist/${name}.js`, import.meta.url).href)

/** Serves for as long as it lives, and says as what. */
const BENCH = `
const [{ serving }, { NODE_HTTP }] = await Promise.all(${JSON.stringify(modules)}.map(name => import(name)))
await serving(NODE_HTTP, false, ({ pid }) => {
  console.log(pid)
  return new Promise(resolve => setTimeout(resolve, 600_000))
})
`

const hasTools = ['taskset', 'setpriv'].every(tool => spawnSync(tool, ['--version']).status === 0)

describe('a target', () => {
  const itWithTools = hasTools ? it : it.skip

  itWithTools('ends with a bench that is killed', async () => {
    const bench = spawn(process.execPath, ['--input-type=module', '--eval', BENCH], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(bench.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(isAlive(pid)).toBe(true)
    bench.kill('SIGKILL')
    while (isAlive(pid)) await new Promise(resolve => setTimeout(resolve, 10))
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
