// Ways to disagree about where a request ends: what request smuggling is made of.
import type { Random } from '../random.ts'
import { type Draft, type DraftChunk, type DraftField, field } from './draft.ts'
import type { Defect } from './head-defects.ts'
import { withChunks, withLength } from './valid.ts'

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n'

/** Spellings of a length: numbers to some, not to others. */
const LENGTHS = [
  '+5',
  '-5',
  '-0',
  '0x5',
  '5_0',
  '0_5',
  '5.0',
  '5e0',
  '5,5',
  '5, 5',
  '5, 6',
  '5 5',
  ' 5',
  '5\t',
  '05',
  '00000000000000000000005',
  '',
  ' ',
  '5;x',
  '"5"',
  '5\0',
  '\xb5',
  '5\x0b',
  '\x0b5',
  '18446744073709551616',
  '18446744073709551621',
  '4294967301',
  '9223372036854775807',
  '9007199254740993',
  '99999999999999999999999999',
  '0b101',
  '0o5',
  '5L',
  '1e9',
  'NaN',
  'Infinity',
  'five',
  '5\r\n 6',
  '5\n',
  '5,',
  ',5',
  '5;5',
  '0',
  '1',
  '100000',
]

/** Spellings of a coding: chunked to some, not to others. */
const CODINGS = [
  'chunked',
  'Chunked',
  'CHUNKED',
  'xchunked',
  'chunkedx',
  'chunke',
  'chunked ',
  ' chunked',
  '\tchunked',
  'chunked\t',
  '\x0bchunked',
  'chunked\x0b',
  'chunked\x0c',
  'chunked\0',
  '\0chunked',
  'chunked,',
  ',chunked',
  ', chunked',
  'chunked, chunked',
  'chunked, identity',
  'identity, chunked',
  'identity',
  'gzip, chunked',
  'chunked, gzip',
  'gzip',
  '"chunked"',
  "'chunked'",
  'chunked;q=1',
  'chunked;',
  'chunked; a=b',
  'chun ked',
  'chunked\r\n ',
  '\r\n chunked',
  '\n chunked',
  '',
  ' ',
  'x',
  'cow',
  'trailers, chunked',
  'chunked\xa0',
  '\xa0chunked',
  'chunKed',
  'deflate',
  'compress, chunked',
  'chunked chunked',
  'chunked-false',
  'TE: chunked',
]

/** Spellings of a chunk's size. */
const SIZES = [
  '',
  ' ',
  '0x5',
  '5 ',
  ' 5',
  '\t5',
  '5\t',
  '+5',
  '-5',
  '5_0',
  '0_5',
  'g',
  '5g',
  '5.0',
  '5,',
  '05',
  '00000005',
  '5\0',
  'ffffffffffffffff',
  '10000000000000005',
  '100000005',
  '7fffffffffffffff',
  '8000000000000000',
  'fffffffffffffffff',
  '5 ;',
  '5\x0b',
  '5\x0c',
  '\xb5',
  '5\r',
  '5L',
  '"5"',
  '5h',
  '00000000000000000000000000000000000000005',
  '6',
  '4',
  '0',
  '-0',
  '+0',
  '0x0',
  '00',
  '0 ',
  '0_0',
]

const EXTENSIONS = [
  ';',
  ';;',
  '; ',
  ' ;a',
  '\t;a',
  ';a ',
  ';a =b',
  ';a= b',
  ';a = b',
  '; a=b',
  ';=b',
  ';a=',
  ';a=b c',
  ';a="b',
  ';a="b"c',
  ';a=b"',
  ';a\n',
  ';a\nb',
  ';a\r',
  ';a\rb',
  ';a="\n"',
  ';a="\r\n0\r\n\r\n"',
  ';\n',
  ';\0',
  ';a=\0',
  ';a=\xff',
  ';\xff',
  ';a\x0bb',
  ';a="\\"',
  ';a="\\\n"',
  `;${'x'.repeat(300)}`,
  `;a="${'x'.repeat(300)}"`,
  ' a',
  '=',
  ',a',
  ':a',
  ';a,b',
  ';a:b',
  ';a/b',
  ';a=\\',
  ';[]',
  ';a="',
  ';a;b;c;d=e;',
  ';a\x7f',
  `;${'y'.repeat(17_000)}`,
]

const BAD_LINE_ENDS = [
  '\n',
  '\r',
  '',
  '\n\r',
  '\r\r\n',
  '\r\n\n',
  '\r\n\r\n',
  '\0',
  ' \r\n',
  'x\r\n',
  '\r\nx',
  '\r ',
  '\x85',
]

function chunksOf(draft: Draft, random: Random): DraftChunk {
  if (draft.chunks.length === 0) {
    draft.content = ''
    draft.fields = draft.fields.filter(({ name }) => name.toLowerCase() !== 'content-length')
    withChunks(draft, random)
  }
  return random.pick(draft.chunks)
}

function addSomewhere(fields: DraftField[], one: DraftField, random: Random): void {
  fields.splice(random.below(fields.length + 1), 0, one)
}

/** The name of a framing field, in the ways that hide it from some. */
function disguised(name: string, random: Random): DraftField {
  const one = field(name, '')
  const plain = random.below(3)
  if (plain < 2) return one
  one.name = random.pick([
    name.toLowerCase(),
    name.toUpperCase(),
    ` ${name}`,
    `\t${name}`,
    `${name} `,
    `${name}\t`,
    `${name}\0`,
    `\0${name}`,
    name.replace('-', '_'),
    name.replace('-', ' '),
    `${name}\x0b`,
    `X: y\r${name}`,
    `X: y\n${name}`,
    `X: y\r\n\r${name}`,
    `${name}\r\n`,
    `:${name}`,
    name.replace('n', '\xf1'),
    `"${name}"`,
    `${name}\xa0`,
    `${name}x`,
    name.slice(1),
    name.replace('-', '\xad'),
    name.replace('-', '\r'),
    name.replace('-', '\rx'),
  ])
  return one
}

export const FRAMING_DEFECTS: Readonly<Record<string, Defect>> = {
  'CL.TE': (draft, random) => {
    draft.chunks = []
    draft.content = `0\r\n\r\n${SMUGGLED}`
    addSomewhere(draft.fields, { ...disguised('Content-Length', random), value: String(draft.content.length) }, random)
    addSomewhere(draft.fields, { ...disguised('Transfer-Encoding', random), value: random.pick(CODINGS) }, random)
  },
  'TE.CL': (draft, random) => {
    draft.chunks = []
    draft.content = `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`
    addSomewhere(draft.fields, { ...disguised('Transfer-Encoding', random), value: random.pick(CODINGS) }, random)
    addSomewhere(draft.fields, { ...disguised('Content-Length', random), value: '4' }, random)
  },
  'TE.TE': (draft, random) => {
    chunksOf(draft, random)
    addSomewhere(draft.fields, { ...disguised('Transfer-Encoding', random), value: random.pick(CODINGS) }, random)
  },
  'CL.CL': (draft, random) => {
    if (draft.content === '') withLength(draft, `hello${SMUGGLED}`)
    const second = random.pick([String(draft.content.length), '0', '5', random.pick(LENGTHS)])
    addSomewhere(draft.fields, { ...disguised('Content-Length', random), value: second }, random)
  },
  'CL spelled': (draft, random) => {
    draft.chunks = []
    draft.trailers = []
    draft.bodyEnd = ''
    draft.fields = draft.fields.filter(({ name }) => !/^(?:content-length|transfer-encoding)$/i.test(name))
    draft.content = `hello${random.oneIn(2) ? SMUGGLED : ''}`
    addSomewhere(draft.fields, { ...disguised('Content-Length', random), value: random.pick(LENGTHS) }, random)
  },
  'CL wrong': (draft, random) => {
    draft.content = random.pick(['hello', SMUGGLED, ''])
    draft.fields.push(
      field('Content-Length', String(Math.max(0, draft.content.length + random.pick([-3, -1, 1, 5, 40])))),
    )
  },
  'TE spelled': (draft, random) => {
    chunksOf(draft, random)
    for (const one of draft.fields) {
      if (one.name.toLowerCase() !== 'transfer-encoding') continue
      one.name = disguised('Transfer-Encoding', random).name
      one.value = random.pick(CODINGS)
    }
  },
  'TE on HTTP/1.0': (draft, random) => {
    chunksOf(draft, random)
    draft.version = 'HTTP/1.0'
    if (random.oneIn(2)) draft.fields.push(field('Connection', 'keep-alive'))
  },
  'chunk size': (draft, random) => {
    chunksOf(draft, random).size = random.pick(SIZES)
  },
  'chunk extension': (draft, random) => {
    chunksOf(draft, random).extension = random.pick(EXTENSIONS)
  },
  'end of a chunk size': (draft, random) => {
    chunksOf(draft, random).sizeEnd = random.pick(BAD_LINE_ENDS)
  },
  'end of chunk data': (draft, random) => {
    chunksOf(draft, random).dataEnd = random.pick(BAD_LINE_ENDS)
  },
  'chunk data of another size': (draft, random) => {
    const chunk = chunksOf(draft, random)
    chunk.data = random.oneIn(2) ? chunk.data.slice(1) : `${chunk.data}x`
  },
  'no last chunk': (draft, random) => {
    chunksOf(draft, random)
    draft.chunks.pop()
  },
  'end of trailers': (draft, random) => {
    chunksOf(draft, random)
    draft.bodyEnd = random.pick(BAD_LINE_ENDS)
  },
  trailers: (draft, random) => {
    chunksOf(draft, random)
    const one = field(
      random.pick(['Content-Length', 'Transfer-Encoding', 'Host', 'X', 'Connection', 'Expect', 'Upgrade']),
      random.pick(['5', 'chunked', 'a', 'close', '\0', 'a\rb', 'upgrade']),
    )
    one.colon = random.pick([':', ':', ':', ' :', '', '\t:'])
    one.end = random.pick(['\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n ', '\r\n\t'])
    addSomewhere(draft.trailers, one, random)
  },
}
