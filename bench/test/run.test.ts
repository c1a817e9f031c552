import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const RUN = fileURLToPath(new URL('../dist/run.js', import.meta.url))

describe('npm run bench', () => {
  it('refuses a row that no suite has in one line, before it measures anything', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [RUN, 'all', '--group', 'no such row'], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^bench: --group no such row: no row of hello, shapes, [^\n]*\n$/)
  })
})
