import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { removePidFile, writePidFile } from '../../src/arbiter/pid-file.ts'
import { applicationDirectory } from '../support/kirin-process.ts'

const path = () => join(applicationDirectory({}), 'kirin.pid')

describe('writePidFile', () => {
  it('writes this process’s id, and removes it again', () => {
    const file = path()
    writePidFile(file)
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
    removePidFile(file)
    expect(existsSync(file)).toBe(false)
  })

  it.each(['99999999\n', 'garbage', ''])('replaces a file left behind: %j', text => {
    const file = path()
    writeFileSync(file, text)
    writePidFile(file)
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`)
  })

  it('refuses to replace the file of a process that runs', () => {
    const file = path()
    writeFileSync(file, `${process.ppid}\n`)
    expect(() => writePidFile(file)).toThrow(`--pid: ${file} names process ${process.ppid}, which is running`)
  })

  it('leaves another process’s file alone', () => {
    const file = path()
    writeFileSync(file, '1\n')
    removePidFile(file)
    expect(existsSync(file)).toBe(true)
  })

  it('says in one line why it cannot write', () => {
    expect(() => writePidFile('/nonexistent/kirin.pid')).toThrow(/^--pid: cannot write .*ENOENT/)
  })
})
