import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { removePidFile, writePidFile } from '../../src/arbiter/pid-file.ts'
import { applicationDirectory } from '../support/kirin-process.ts'

/** An account that owns nothing. */
const NOBODY = 65_534

const path = () => join(applicationDirectory({}), 'kirin.pid')

describe('writePidFile', () => {
  it('writes this process’s id, and removes it again', () => {
    const file = path()
    writePidFile(file)
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
    removePidFile(file)
    expect(existsSync(file)).toBe(false)
  })

  it.each(['99999999\n', '', ' \n'])('replaces a file left behind: %j', text => {
    const file = path()
    writeFileSync(file, text)
    writePidFile(file)
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
  })

  it('refuses to replace the file of a master that runs', () => {
    const file = path()
    const master = spawn('sleep', ['60'], { argv0: 'kirin: master [app.mjs]' })
    writeFileSync(file, `${master.pid}\n`)
    try {
      expect(() => writePidFile(file)).toThrow(`--pid: ${file} names process ${master.pid}, which is running`)
    } finally {
      master.kill('SIGKILL')
    }
  })

  it('replaces a file that names a process of another kind: its number was given away anew', () => {
    const file = path()
    const stranger = spawn('sleep', ['60'])
    writeFileSync(file, `${stranger.pid}\n`)
    try {
      writePidFile(file)
      expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  it('refuses to write over what is no such file', () => {
    const file = path()
    writeFileSync(file, 'export default () => {}')
    expect(() => writePidFile(file)).toThrow(`--pid: ${file} holds no process id: it is some other file`)
    expect(readFileSync(file, 'utf8')).toBe('export default () => {}')
  })

  it('leaves another process’s file alone', () => {
    const file = path()
    writeFileSync(file, '1\n')
    removePidFile(file)
    expect(existsSync(file)).toBe(true)
  })

  it('says in one line why it cannot remove it', () => {
    const file = path()
    writePidFile(file)
    chmodSync(dirname(file), 0o555)
    // Root may do anything.
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(NOBODY)
    try {
      expect(removePidFile(file)).toMatch(/^--pid: cannot remove .*kirin\.pid: EACCES/)
    } finally {
      if (isRoot) process.seteuid?.(0)
      chmodSync(dirname(file), 0o755)
    }
    expect(removePidFile(file)).toBeUndefined()
    expect(existsSync(file)).toBe(false)
  })

  it('says in one line why it cannot write', () => {
    expect(() => writePidFile('/nonexistent/kirin.pid')).toThrow(/^--pid: cannot write .*ENOENT/)
  })
})
