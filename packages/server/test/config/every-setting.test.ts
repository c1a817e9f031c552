// Every setting, the way that an operator gives it: as an option, as a variable, in a configuration file.
import { describe, expect, it } from '@jest/globals'
import * as v from 'valibot'
import { readCommandLine } from '../../src/cli/command-line.ts'
import { conflictsIn } from '../../src/config/conflicts.ts'
import { environmentLayer } from '../../src/config/environment.ts'
import { configLayer } from '../../src/config/file/config-layer.ts'
import { mergeLayers } from '../../src/config/resolve.ts'
import { type AnySetting, settingOf, variableName } from '../../src/config/setting.ts'
import { defaultSettings, type Settings, settingsTable } from '../../src/config/settings.ts'
import { applicationDirectory, type KirinOptions, runKirin } from '../support/kirin-process.ts'

const keys = Object.keys(settingsTable) as (keyof Settings)[]

/** A text that the setting takes and that is not its default, and what a configuration file has instead. */
function sampleOf({ kind, default: value, repeatable }: AnySetting): { text: string; written: unknown } {
  const { file, schema, textOf } = kind
  const types: readonly string[] = typeof file.type === 'string' ? [file.type] : file.type
  const numbers = [file.minimum, file.maximum].filter(number => number !== undefined)
  const candidates: readonly unknown[] = [
    ...(file.enum ?? []),
    ...(types.includes('integer') || types.includes('number') ? numbers : []),
    ...(types.includes('boolean') ? [true, false] : []),
    ...TEXTS,
  ]
  const usual = JSON.stringify(repeatable === true ? value[0] : value)
  for (const written of candidates) {
    const text = typeof written === 'number' ? (textOf?.(written) ?? String(written)) : wordOf(written)
    const read = v.safeParse(schema, text)
    if (read.success && JSON.stringify(read.output) !== usual) return { text, written }
  }
  throw new Error('no candidate fits: add one to TEXTS')
}

const TEXTS = [
  '192.0.2.7:81',
  '192.0.2.7',
  'X-Front=on',
  'A=b',
  '%(m)s',
  '/elsewhere',
  'elsewhere',
  'udp://192.0.2.7:514',
]

const wordOf = (written: unknown): string => (typeof written === 'boolean' ? (written ? 'on' : 'off') : String(written))

function onCommandLine(option: string, text: string, kind: AnySetting['kind']): readonly string[] {
  return kind.placeholder === '' ? [option] : [`${option}=${text}`]
}

describe.each(keys)('%s', key => {
  const setting = settingOf(settingsTable, key)
  const { text, written } = sampleOf(setting)
  const { flag, short, aliases = [], kind } = setting
  const one = v.parse(kind.schema, text)
  const expected = setting.repeatable === true ? [one] : one

  it('comes from its variable', () => {
    const { settings, origins } = mergeLayers([environmentLayer({ [variableName(key)]: text })])
    expect(settings?.[key]).toEqual(expected)
    expect(origins?.[key]).toBe(`${variableName(key)} (environment)`)
  })

  it('comes from its option, by every name', () => {
    const names = [flag, ...aliases].filter(name => name !== null)
    // A switch can only be switched on.
    const value = kind.placeholder === '' ? true : one
    for (const name of names) {
      const { layer, problems } = readCommandLine(onCommandLine(name, text, kind), 'command line')
      expect(problems).toEqual([])
      expect(mergeLayers([layer]).settings?.[key]).toEqual(setting.repeatable === true ? [value] : value)
    }
    if (short === undefined || kind.placeholder === '') return
    const { layer } = readCommandLine([`${short}${text}`], 'command line')
    expect(mergeLayers([layer]).settings?.[key]).toEqual(expected)
  })

  it('comes from a configuration file, in its own type, where files may say it', () => {
    const { layer, problems } = configLayer({ [key]: written }, 'kirin.config.js')
    if (setting.inFile === false) {
      expect(problems).toHaveLength(1)
      return
    }
    expect(problems).toEqual([])
    const { settings, origins } = mergeLayers([layer])
    expect(settings?.[key]).toEqual(expected)
    expect(origins?.[key]).toBe(`${key} (kirin.config.js)`)
  })

  it('is refused by name when it is wrong, wherever it comes from', () => {
    const wrong = 'a\u0007b'
    const layers = [
      environmentLayer({ [variableName(key)]: wrong }),
      ...(flag === null || kind.placeholder === ''
        ? []
        : [readCommandLine([`${flag}=${wrong}`], 'command line').layer]),
      ...(setting.inFile === false ? [] : [configLayer({ [key]: { wrong } }, 'kirin.config.js').layer]),
    ]
    const names = [variableName(key), flag, key]
    for (const layer of layers) {
      const { problems } = mergeLayers([layer])
      expect(problems).toHaveLength(1)
      expect(names.some(name => problems[0]?.startsWith(`${name}: expected ${kind.allowed}, got `))).toBe(true)
      expect(problems[0]?.endsWith(`(${layer.source})`)).toBe(true)
      expect(problems[0]).not.toContain('\u0007')
    }
  })
})

/** All but those that name files which are read at once, or that are impossible alone, or on this Node. */
const POSSIBLE = keys.filter(key => {
  const setting = settingOf(settingsTable, key)
  const one = v.parse(setting.kind.schema, sampleOf(setting).text)
  const settings = { ...defaultSettings, [key]: setting.repeatable === true ? [one] : one }
  return key !== 'config' && key !== 'logConfig' && conflictsIn(settings).length === 0
})

type Printed = Readonly<Record<string, { readonly value: unknown; readonly source: string }>>

describe('kirin --print-config-json, as it is installed', () => {
  const samples = POSSIBLE.map(key => {
    const setting = settingOf(settingsTable, key)
    return { key, setting, ...sampleOf(setting) }
  })

  async function print(words: readonly string[], options: KirinOptions): Promise<Printed> {
    const { code, stdout, stderr } = await runKirin(['--print-config-json', ...words], options)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return JSON.parse(stdout) as Printed
  }

  it('shows every setting as it was given: in the environment, in a file, on the command line', async () => {
    const written = JSON.stringify(Object.fromEntries(samples.map(({ key, written: value }) => [key, value])))
    const cwd = applicationDirectory({ 'kirin.config.json': written })
    const env = Object.fromEntries(samples.map(({ key, text }) => [variableName(key), text]))
    const words = samples.flatMap(({ setting: { flag, kind }, text }) => {
      return flag === null ? [] : onCommandLine(flag, text, kind)
    })
    const empty = { cwd: applicationDirectory({}) }
    const usual = await print(['app.js'], empty)
    const fromEnvironment = await print([], { ...empty, env })
    const fromFile = await print([], { cwd })
    const fromWords = await print([...words, 'app.js'], { cwd, env })
    for (const { key, setting } of samples) {
      expect(usual[key]?.source).toBe(key === 'app' ? 'app (command line)' : 'default')
      expect(fromEnvironment[key]?.source).toBe(`${variableName(key)} (environment)`)
      expect(fromEnvironment[key]?.value).not.toEqual(usual[key]?.value)
      expect(fromFile[key]).toEqual({ value: fromEnvironment[key]?.value, source: `${key} (kirin.config.json)` })
      expect(fromWords[key]?.source).toBe(`${setting.flag ?? key} (command line)`)
    }
  })
})
