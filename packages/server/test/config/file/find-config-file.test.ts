import { describe, expect, it } from '@jest/globals'
import { findConfigFile } from '../../../src/config/file/find-config-file.ts'
import { applicationDirectory } from '../../support/kirin-process.ts'

const directoryWith = (...names: readonly string[]) =>
  applicationDirectory(Object.fromEntries(names.map(name => [name, ''])))

describe('findConfigFile', () => {
  it.each(['ts', 'mts', 'js', 'mjs', 'json'])('finds kirin.config.%s', extension => {
    const name = `kirin.config.${extension}`
    const directory = directoryWith(name, 'kirin.config.md', 'kirin.config', 'other.config.js')
    expect(findConfigFile(null, directory)).toEqual({ path: `${directory}/${name}`, shown: name })
  })

  it('finds nothing in a directory without one, nor where there is no directory', () => {
    expect(findConfigFile(null, directoryWith('app.js'))).toEqual({ path: undefined })
    expect(findConfigFile(null, '/no/such/directory')).toEqual({ path: undefined })
  })

  it('does not choose between several', () => {
    const { problem } = findConfigFile(null, directoryWith('kirin.config.ts', 'kirin.config.json')) as {
      problem: string
    }
    expect(problem).toMatch(/^there are several configuration files: .*; name one with --config, or remove the others$/)
    expect(problem).toContain('kirin.config.json')
    expect(problem).toContain('kirin.config.ts')
  })

  it('takes the one that is named, relative to the directory, even where others are found', () => {
    const directory = directoryWith('kirin.config.js', 'etc/production.cjs')
    expect(findConfigFile('etc/production.cjs', directory)).toEqual({
      path: `${directory}/etc/production.cjs`,
      shown: 'etc/production.cjs',
    })
    expect(findConfigFile('/etc/kirin.json', directory)).toEqual({ path: '/etc/kirin.json', shown: '/etc/kirin.json' })
  })

  it.each(['gunicorn.conf.py', 'config', 'kirin.toml'])('refuses %s, which it could not read', named => {
    expect(findConfigFile(named, '/')).toEqual({
      path: undefined,
      problem: expect.stringMatching(/^--config: expected a file that ends in \.ts, .*, got "/),
    })
  })
})
