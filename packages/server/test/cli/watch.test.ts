// Files that change, watched for real.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { get } from '../support/http-client.ts'
import { applicationDirectory, startServing } from '../support/kirin-process.ts'

const version = (name: string): string => `import { word } from './lib/word.mjs'
export default () => ({ status: 200, body: '${name} ' + word })\n`

describe('--reload', () => {
  it('takes up changes of source files and of those that are named, not of others, and survives a broken version', async () => {
    const cwd = applicationDirectory({
      'app.mjs': version('one'),
      'lib/word.mjs': `export const word = 'a'\n`,
      'page.html': '',
    })
    const write = (file: string, text: string): void => writeFileSync(join(cwd, file), text)
    const args = ['--reload', '--reload-extra-file', 'page.html', 'app.mjs']
    const { kirin, origin } = await startServing(args, { cwd })
    await kirin.line(/Watching the application’s files \(--reload\)/)
    const reloaded = async (change: () => void, line: RegExp): Promise<void> => {
      const mark = kirin.mark()
      change()
      await kirin.line(line, mark)
    }
    await reloaded(() => write('lib/word.mjs', `export const word = 'b'\n`), /lib\/word\.mjs has changed[^]*Reloaded/)
    await reloaded(
      () => write('app.mjs', 'nonsense nonsense\n'),
      /app\.mjs has changed[^]*Reload failed, the old workers go on/,
    )
    expect((await get('/', { origin })).body).toMatch(/^one [ab]$/)
    mkdirSync(join(cwd, 'node_modules'))
    await reloaded(() => {
      write('node_modules/x.js', '')
      write('data.json', '{}')
      write('.hidden.js', '')
      write('page.html', '<p>')
    }, /page\.html has changed[^]*Reload failed/)
    expect(kirin.stderr).not.toMatch(/(?:x\.js|data\.json|hidden\.js) has changed/)
    await reloaded(() => write('app.mjs', version('two')), /app\.mjs has changed[^]*Reloaded/)
    await kirin.line(/Reloaded[^]*Reloaded/)
  })
})
