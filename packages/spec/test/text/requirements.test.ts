import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

interface Requirement {
  readonly id: string
  readonly role: string
  readonly level: string
  readonly feature: string
  readonly text: string
  readonly reason: string
}

const spec = new URL('../../../../spec/', import.meta.url)
const text = readFileSync(new URL('nsgi.md', spec), 'utf8')
const { requirements } = JSON.parse(readFileSync(new URL('requirements.json', spec), 'utf8')) as {
  requirements: readonly Requirement[]
}

const ID = /\b(?:REQ|BOD|EXP|END|RES|UPG|TLS|LIF|APP|MID|ADP)-\d\d\b/g

/** The normative part, without code; ids in "§14 Security" and the like repeat what was said before. */
const normative = text.replaceAll(/^```[^]*?^```/gm, '').slice(0, text.indexOf('## 14.'))

/** Sentences, as far as a full stop ends one; list items and paragraphs end one too. */
const sentences = normative
  .split(/\n\n|\n(?=- |\d\. )/)
  .flatMap(block => block.replaceAll(/\s+/g, ' ').split(/(?<=\))[.:;](?= |$)|(?<=[a-z`*)])\. (?=[A-Z`])/))

/** The sentences that state a requirement: it stands in parentheses, before any RFC. */
const stating = (id: string): string[] => sentences.filter(sentence => new RegExp(`\\(${id}[;,)]`).test(sentence))

describe('the list of requirements', () => {
  it('gives each requirement once, numbered without a gap, whole', () => {
    const ids = requirements.map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(0)
    expect(new Set(ids).size).toBe(ids.length)
    for (const group of new Set(ids.map(id => id.slice(0, 3)))) {
      const members = ids.filter(id => id.startsWith(group))
      expect(members).toEqual(members.map((_id, index) => `${group}-${String(index + 1).padStart(2, '0')}`))
    }
    for (const { text, reason } of requirements) {
      expect(text).toMatch(/^[A-Z`0-9].*\.$/)
      expect(reason).toMatch(/\S.*\.$/)
    }
  })

  it('knows the roles, levels and features that the suites know', () => {
    for (const { role, level, feature } of requirements) {
      expect(['server', 'application', 'middleware', 'adapter']).toContain(role)
      expect(['MUST', 'SHOULD', 'MAY']).toContain(level)
      expect(['core', 'stream', 'upgrade', 'prefork', 'tls', 'application', 'middleware', 'adapter']).toContain(feature)
    }
  })
})

describe('the text', () => {
  it('names the same requirements as the list', () => {
    const named = [...new Set(text.match(ID))].toSorted()
    expect(named).toEqual(requirements.map(({ id }) => id).toSorted())
  })

  it.each(requirements.map(({ id, level }): [string, string] => [id, level]))(
    'states %s in a sentence that says %s',
    (id, level) => {
      const found = stating(id)
      expect(found.length).toBeGreaterThan(0)
      for (const sentence of found) expect(sentence).toMatch(new RegExp(`\\b${level}\\b`))
    },
  )

  it('names a requirement in every sentence that says MUST', () => {
    const body = normative.slice(normative.indexOf('## 3.'))
    expect(body.length).toBeGreaterThan(0)
    const silent = sentences.filter(
      sentence => body.replaceAll(/\s+/g, ' ').includes(sentence) && /\bMUST\b/.test(sentence) && !sentence.match(ID),
    )
    expect(silent).toEqual([])
  })

  it('refers only to sections and files that exist', () => {
    const sections = new Set([...text.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? /gm)].map(([, number]) => number))
    const own = text.replaceAll(/\s+/g, ' ').replaceAll(/RFC \d+(?:,? §[\d.]*\d)+/g, '')
    for (const [, number] of own.matchAll(/§(\d+(?:\.\d+)?)/g)) expect(sections).toContain(number)
    for (const [, file] of text.matchAll(/\]\(([\w.-]+)\)/g))
      expect(existsSync(new URL(file as string, spec))).toBe(true)
  })
})

describe('the sources of this package', () => {
  it('cite only requirements that exist', () => {
    const known = new Set(requirements.map(({ id }) => id))
    const src = new URL('../../src/', import.meta.url)
    const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
    const cited = files.flatMap(file => readFileSync(new URL(file, src), 'utf8').match(ID) ?? [])
    expect(cited.length).toBeGreaterThan(50)
    expect(cited.filter(id => !known.has(id))).toEqual([])
  })
})
