import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const MODULE = fileURLToPath(new URL('../../dist/transport/tick-map.js', import.meta.url))

// Natives, as nothing else tells of hidden classes: `%DebugPrint` names the map of an object by its address.
const PROGRAM = `
  import { executionAsyncResource } from 'node:async_hooks'
  import { keepTickMap } from ${JSON.stringify(MODULE)}
  const printTick = () => new Promise(resolve => process.nextTick(() => {
    %DebugPrint(executionAsyncResource())
    resolve()
  }))
  const turn = () => new Promise(resolve => setImmediate(resolve))
  keepTickMap()
  await turn()
  await printTick()
  for (let count = 0; count < 4; count++) {
    await turn()
    gc()
  }
  await printTick()
`

// With coverage measured, V8 makes the first of these objects otherwise.
test.each([false, true])(
  "the hidden class of node's tick objects outlives a time without any, coverage %s",
  isMeasured => {
    const flags = ['--allow-natives-syntax', '--expose-gc', '--input-type=module', '--eval', PROGRAM]
    const { NODE_V8_COVERAGE: _, ...env } = process.env
    const folder = isMeasured ? mkdtempSync(path.join(tmpdir(), 'kirin-')) : undefined
    const { stdout, stderr, status } = spawnSync(process.execPath, flags, {
      encoding: 'utf8',
      env: folder === undefined ? env : { ...env, NODE_V8_COVERAGE: folder },
    })
    if (folder !== undefined) rmSync(folder, { recursive: true })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    const maps = Array.from(
      stdout.matchAll(/^ - map: (0x[0-9a-f]+) <Map\[\d+\]\(HOLEY_ELEMENTS\)/gm),
      match => match[1],
    )
    expect(maps).toEqual([maps[0], maps[0]])
  },
)

test("leaves alone a clock that a program's tests have put in the place of node's", () => {
  const program = `
    import { keepTickMap } from ${JSON.stringify(MODULE)}
    let calls = 0
    const { nextTick } = process
    process.nextTick = (...given) => {
      calls++
      nextTick(...given)
    }
    keepTickMap()
    setImmediate(() => console.log(calls))
  `
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
  expect(stdout).toBe('0\n')
})
