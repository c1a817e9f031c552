import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { PidFile } from '../../src/arbiter/pid-file.ts'
import { applicationDirectory } from '../support/kirin-process.ts'

/** An account that owns nothing. */
const NOBODY = 65_534

const path = () => join(applicationDirectory({}), 'kirin.pid')

describe('the pid file', () => {
  it('writes this process’s id, and removes it again', () => {
    const file = path()
    new PidFile(file).write()
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
    new PidFile(file).remove()
    expect(existsSync(file)).toBe(false)
  })

  it.each(['99999999\n', '', ' \n'])('replaces a file left behind: %j', text => {
    const file = path()
    writeFileSync(file, text)
    new PidFile(file).write()
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
  })

  it('refuses to replace the file of a master that runs', () => {
    const file = path()
    const master = spawn('sleep', ['60'], { argv0: 'kirin: master [app.mjs]' })
    writeFileSync(file, `${master.pid}\n`)
    try {
      expect(() => new PidFile(file).write()).toThrow(`--pid: ${file} names process ${master.pid}, which is running`)
    } finally {
      master.kill('SIGKILL')
    }
  })

  it('replaces a file that names a process of another kind: its number was given away anew', () => {
    const file = path()
    const stranger = spawn('sleep', ['60'])
    writeFileSync(file, `${stranger.pid}\n`)
    try {
      new PidFile(file).write()
      expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  it('refuses to write over what is no such file', () => {
    const file = path()
    writeFileSync(file, 'export default () => {}')
    expect(() => new PidFile(file).write()).toThrow(`--pid: ${file} holds no process id: it is some other file`)
    expect(readFileSync(file, 'utf8')).toBe('export default () => {}')
  })

  it('leaves another process’s file alone', () => {
    const file = path()
    writeFileSync(file, '1\n')
    new PidFile(file).remove()
    expect(existsSync(file)).toBe(true)
  })

  it('says in one line why it cannot remove it', () => {
    const file = path()
    new PidFile(file).write()
    chmodSync(dirname(file), 0o555)
    // Root may do anything.
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(NOBODY)
    try {
      expect(new PidFile(file).remove()).toMatch(/^--pid: cannot remove .*kirin\.pid: EACCES/)
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(dirname(file), 0o755)
    }
    expect(new PidFile(file).remove()).toBeUndefined()
    expect(existsSync(file)).toBe(false)
  })

  it('says in one line why it cannot write', () => {
    expect(() => new PidFile('/nonexistent/kirin.pid').write()).toThrow(/^--pid: cannot write .*ENOENT/)
  })
})

describe('the pid file beside that of a master which this one has started', () => {
  const held = (): { readonly file: string; readonly pidFile: PidFile } => {
    const file = path()
    const pidFile = new PidFile(file)
    pidFile.write()
    return { file, pidFile }
  }
  /** Of a process that runs no more. */
  const DEAD = '99999999\n'
  const OWN = `${process.pid}\n`

  it('is called otherwise for as long as that runs', () => {
    const { file, pidFile } = held()
    pidFile.setAside()
    expect([existsSync(file), readFileSync(`${file}.oldbin`, 'utf8')]).toEqual([false, OWN])
    writeFileSync(file, DEAD)
    pidFile.takeBack()
    expect([readFileSync(file, 'utf8'), existsSync(`${file}.oldbin`)]).toEqual([OWN, false])
  })

  it('is removed by its other name as well', () => {
    const { file, pidFile } = held()
    pidFile.setAside()
    writeFileSync(file, DEAD)
    pidFile.remove()
    expect([readFileSync(file, 'utf8'), existsSync(`${file}.oldbin`)]).toEqual([DEAD, false])
  })

  it.each([
    ['the file that it left', DEAD],
    ['nothing', undefined],
  ])('is written anew behind %s, where somebody had removed it', (_what, left) => {
    const { file, pidFile } = held()
    rmSync(file)
    pidFile.setAside()
    if (left !== undefined) writeFileSync(file, left)
    pidFile.takeBack()
    expect([readFileSync(file, 'utf8'), existsSync(`${file}.oldbin`)]).toEqual([OWN, false])
    pidFile.remove()
    expect(existsSync(file)).toBe(false)
  })

  it('stays where it was when it had not been set aside', () => {
    const { file, pidFile } = held()
    pidFile.takeBack()
    expect(readFileSync(file, 'utf8')).toBe(OWN)
  })

  it('leaves its place to a third master, which runs', () => {
    const { file, pidFile } = held()
    rmSync(file)
    pidFile.setAside()
    const third = spawn('sleep', ['60'], { argv0: 'kirin: master [app.mjs]' })
    try {
      writeFileSync(file, `${third.pid}\n`)
      pidFile.takeBack()
      expect(readFileSync(file, 'utf8')).toBe(`${third.pid}\n`)
    } finally {
      third.kill('SIGKILL')
    }
  })

  it('leaves what is no such file as it is', () => {
    const { file, pidFile } = held()
    writeFileSync(file, 'export default () => {}')
    pidFile.setAside()
    pidFile.takeBack()
    expect(readFileSync(file, 'utf8')).toBe('export default () => {}')
  })

  it('is not written any more once it was removed: it would outlive this process', () => {
    const { file, pidFile } = held()
    rmSync(file)
    pidFile.setAside()
    pidFile.remove()
    writeFileSync(file, DEAD)
    pidFile.takeBack()
    expect(readFileSync(file, 'utf8')).toBe(DEAD)
  })

  it('is no reason to stop where its directory has gone', () => {
    const { file, pidFile } = held()
    rmSync(dirname(file), { recursive: true })
    pidFile.setAside()
    pidFile.takeBack()
    expect(pidFile.remove()).toBeUndefined()
  })
})
