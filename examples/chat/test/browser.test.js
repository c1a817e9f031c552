// The page in a real browser, where there is one.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { chromium } from 'playwright-core'
import { KirinProcess } from '../../express-shop/test/kirin-process.js'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
const describeBrowser = executablePath === undefined ? describe.skip : describe

// A browser that looks nothing up outside.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// A browser takes its time on a busy machine; nothing is asserted of it.
jest.setTimeout(120_000)

const folder = fileURLToPath(new URL('..', import.meta.url))

describeBrowser(`the page in Chromium${executablePath === undefined ? ' (skipped: it is not installed)' : ''}`, () => {
  let kirin
  let browser
  let directory
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'nsgi-chat-'))
    kirin = await KirinProcess.start({ folder, workers: 2, env: { CHAT_LOG: join(directory, 'chat.jsonl') } })
    browser = await chromium.launch({ executablePath, args })
  })
  afterAll(async () => {
    await browser?.close()
    await kirin?.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  /** Somebody at the page, whose errors the test sees. */
  async function visitor(name, errors) {
    const page = await (await browser.newContext()).newPage()
    page.on('console', message => message.type() === 'error' && errors.push(message.text()))
    page.on('pageerror', error => errors.push(error.message))
    await page.goto(`http://127.0.0.1:${kirin.port}/`)
    await page.waitForSelector('[data-state=open]')
    await page.fill('#name', name)
    return page
  }

  async function say(page, text) {
    await page.fill('#text', text)
    await page.click('button')
  }

  const texts = page => page.locator('#messages .text').allTextContents()

  it('shows two people what each of them says, and comes back after a reload of the server', async () => {
    const errors = []
    const ann = await visitor('Ann', errors)
    const bob = await visitor('Bob', errors)
    await say(ann, 'Tea?')
    await bob.waitForSelector('text=Tea?')
    await say(bob, '<b>With pleasure</b>')
    await ann.waitForSelector('text=<b>With pleasure</b>')
    expect([await texts(ann), await texts(bob)]).toEqual([
      ['Tea?', '<b>With pleasure</b>'],
      ['Tea?', '<b>With pleasure</b>'],
    ])
    expect([await ann.locator('.mine').count(), await bob.locator('.mine').count()]).toEqual([1, 1])
    // A loss that is mended between two frames is no less one.
    await ann.evaluate(() => {
      const state = document.getElementById('state')
      globalThis.seen = []
      new MutationObserver(() => globalThis.seen.push(state.dataset.state)).observe(state, { attributes: true })
    })
    kirin.child.kill('SIGHUP')
    await ann.waitForFunction(
      () => globalThis.seen.includes('lost') && document.getElementById('state').dataset.state === 'open',
      undefined,
      { polling: 50, timeout: 90_000 },
    )
    await say(ann, 'Back again')
    await bob.waitForSelector('text=Back again')
    expect(await texts(bob)).toEqual(['Tea?', '<b>With pleasure</b>', 'Back again'])
    if (process.env.CHAT_SCREENSHOT) await bob.screenshot({ path: process.env.CHAT_SCREENSHOT })
    expect(errors).toEqual([])
  })
})
