import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openErrorLog } from '../../src/log/error-log.ts'
import { applicationDirectory } from '../support/kirin-process.ts'

/** An error that throws when it is looked at. */
const shy = (): Error =>
  Object.defineProperty(new Error('x'), 'message', {
    get() {
      throw new Error('not for you')
    },
  })

describe("the server's own log", () => {
  it.each<[string, unknown]>([
    ['an error that throws when it is looked at', shy()],
    ['a proxy that refuses everything', Proxy.revocable({}, {})],
  ])('takes %s, and throws nothing', async (_name, thrown) => {
    const file = join(applicationDirectory({}), 'errors.json')
    const { logger } = await openErrorLog({ targets: [{ file, level: 'info', format: 'json' }] })
    const { revoke, proxy = thrown } = thrown as { revoke?: () => void; proxy?: unknown }
    revoke?.()
    logger.error({ err: proxy, path: '/a' }, 'it failed')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ level: 'error', path: '/a', msg: 'it failed' })
  })

  it('says in one line of text what cannot be looked at', async () => {
    const file = join(applicationDirectory({}), 'errors.log')
    const { logger } = await openErrorLog({ targets: [{ file, level: 'info', format: 'text' }] })
    logger.error({ err: shy() }, 'it failed')
    expect(readFileSync(file, 'utf8')).toMatch(/^[^\n]* it failed[^\n]*\n$/)
  })
})
