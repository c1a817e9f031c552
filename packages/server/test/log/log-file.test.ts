import { spawnSync } from 'node:child_process'
import { openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openLogFile } from '../../src/log/log-file.ts'
import { get } from '../support/http-client.ts'
import { applicationDirectory, startKirin, startServing } from '../support/kirin-process.ts'

const path = () => join(applicationDirectory({}), 'a.log')

describe.each([true, false])('a log file (sync: %s)', sync => {
  it('appends lines in order', async () => {
    const destination = path()
    for (const round of [1, 2]) {
      const file = await openLogFile({ destination, sync })
      for (let count = 0; count < 3; count++) file.write(`${round}.${count}\n`)
      await file.flush()
    }
    expect(readFileSync(destination, 'utf8')).toBe('1.0\n1.1\n1.2\n2.0\n2.1\n2.2\n')
  })

  it('goes on in a new file of the same name after rotation', async () => {
    const destination = path()
    const file = await openLogFile({ destination, sync })
    file.write('before\n')
    await file.flush()
    renameSync(destination, `${destination}.1`)
    file.reopen()
    file.write('after\n')
    await file.flush()
    expect(readFileSync(`${destination}.1`, 'utf8')).toBe('before\n')
    expect(readFileSync(destination, 'utf8')).toBe('after\n')
  })

  it('reports a failure once and throws nothing when the disk is full', async () => {
    const failures: Error[] = []
    let failed = (): void => {}
    const failure = new Promise<void>(resolve => (failed = resolve))
    const onFailure = (error: Error) => {
      failures.push(error)
      failed()
    }
    const file = await openLogFile({ destination: '/dev/full', sync, onFailure })
    for (let count = 0; count < 3; count++) {
      file.write('x\n')
      await file.flush()
    }
    await failure
    expect(failures).toMatchObject([{ code: 'ENOSPC' }])
  })

  it('reports a file that cannot be opened', async () => {
    await expect(openLogFile({ destination: '/nonexistent/a.log', sync })).rejects.toMatchObject({ code: 'ENOENT' })
  })

  // In a process of its own: what pino does at exit is what would go wrong.
  it('that cannot be opened hinders no exit', () => {
    const module = new URL('../../dist/log/log-file.js', import.meta.url).href
    const script = `
      import { openLogFile } from ${JSON.stringify(module)}
      process.on('uncaughtException', error => console.log(error.message))
      await openLogFile({ destination: '/nonexistent/a.log', sync: ${sync} }).catch(() => undefined)
      process.exit(7)`
    const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 7, stdout: '' })
  })

  it('keeps the old file when its directory is gone at rotation', async () => {
    const directory = applicationDirectory({})
    const file = await openLogFile({ destination: join(directory, 'a.log'), sync, onFailure: () => {} })
    rmSync(directory, { recursive: true })
    file.reopen()
    file.write('x\n')
    await expect(file.flush()).resolves.toBeUndefined()
  })

  it('does nothing at rotation when it is a descriptor', async () => {
    const destination = path()
    const file = await openLogFile({ destination: openSync(destination, 'a'), sync })
    file.reopen()
    file.write('x\n')
    await file.flush()
    expect(readFileSync(destination, 'utf8')).toBe('x\n')
  })
})

describe('the access log of a server', () => {
  const files = { 'app.mjs': `export default () => ({ status: 200, headers: { 'x-out': 'o' }, body: 'hello' })\n` }

  it('has a line for each request as gunicorn writes it, whichever worker answered', async () => {
    const { kirin, origin } = await startServing(['-w', '2', '--access-logfile', '-', 'app.mjs'], {
      cwd: applicationDirectory(files),
    })
    for (const name of ['a', 'b', 'c', 'd']) {
      await get(`/${name}?q=1`, { origin, headers: { referer: 'http://r/', 'user-agent': 'tester "1"' } })
    }
    for (const name of ['a', 'b', 'c', 'd']) {
      const [line] = await kirin.line(new RegExp(`^.*"GET /${name}[^"]*".*$`))
      expect(line).toMatch(
        /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}:[\d:]{8} [+-]\d{4}\] "GET \/\w\?q=1 HTTP\/1\.1" 200 5 "http:\/\/r\/" "tester \\"1\\""$/,
      )
    }
  })

  it('is complete when the server has stopped', async () => {
    const cwd = applicationDirectory(files)
    const args = ['--access-logfile', 'access.log', '--access-logformat', '%(U)s %({x-out}o)s', 'app.mjs']
    const { kirin, origin } = await startServing(args, { cwd })
    const paths = Array.from({ length: 50 }, (_, index) => `/${index}`)
    for (const path of paths) await get(path, { origin })
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect(readFileSync(join(cwd, 'access.log'), 'utf8')).toBe(paths.map(path => `${path} o\n`).join(''))
  })

  it('that cannot be written costs its lines, not the requests', async () => {
    const { kirin, origin } = await startServing(['--access-logfile', '/dev/full', 'app.mjs'], {
      cwd: applicationDirectory(files),
    })
    expect((await get('/', { origin })).status).toBe(200)
    await kirin.line(/\[ERROR\] The access log cannot be written, lines are lost: ENOSPC/)
    expect((await get('/', { origin })).status).toBe(200)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
    expect(kirin.stderr).not.toMatch(/did not stop in time/)
  })

  it('of errors that cannot be written is told of on standard error, once by each process', async () => {
    const cwd = applicationDirectory(files)
    const kirin = startKirin(['-b', 'unix:k.sock', '--error-logfile', '/dev/full', 'app.mjs'], { cwd })
    await kirin.line(/^kirin: the error log \/dev\/full cannot be written, lines are lost: ENOSPC/m)
    kirin.signal('SIGTERM')
    await kirin.exited()
    expect(kirin.stderr.match(/lines are lost/g)?.length).toBeLessThanOrEqual(2)
  })

  it('whose reader went away harms nobody', async () => {
    const { kirin, origin } = await startServing(['--access-logfile', '-', 'app.mjs'], {
      cwd: applicationDirectory(files),
    })
    await kirin.closeStdout()
    for (let count = 0; count < 3; count++) expect((await get('/', { origin })).status).toBe(200)
    kirin.signal('SIGTERM')
    expect(await kirin.exited()).toEqual({ code: 0, signal: null })
  })
})
