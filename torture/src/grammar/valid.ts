// Requests that any server must take, in many forms.
import type { Random } from '../random.ts'
import { type Draft, type DraftChunk, type DraftField, field } from './draft.ts'

const METHODS = [
  'GET',
  'GET',
  'POST',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'M-SEARCH',
  'PROPFIND',
  'QUERY',
]
const TARGETS = [
  '/',
  '/a',
  '/a/b?c=d',
  '//x',
  '/%2F..%00',
  '/?',
  '/a?b?c=/d',
  "/!$&'()*+,;=:@-._~",
  '/a%20b',
  '/"<>\\^`{|}',
]
const NAMES = [
  'X-A',
  'x-b',
  'Accept',
  'Cookie',
  'User-Agent',
  "!#$%&'*+-.^_`|~0",
  'TE',
  'Trailer',
  'Via',
  'X-Content-Length',
]
const VALUES = ['', 'x', 'a b', 'a\tb', 'a, b', '"q\\"q"', '\xe9\xff\x80', 'x'.repeat(200), ';', 'chunked', '5', ':']
const GAPS = ['', ' ', ' ', ' ', ' ', '\t', '  ', ' \t ']
/** What a body that is taken for a request shows at once. */
const CONTENTS = [
  'hello',
  'x',
  '0\r\n\r\n',
  '\r\n',
  'GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n',
  '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n',
  'a=1&b=2',
  '\0\xff\xfe\x80',
  'y'.repeat(300),
]

/** A valid request, mostly one that lets the connection go on. */
export function validDraft(random: Random): Draft {
  const version = random.oneIn(12) ? 'HTTP/1.0' : 'HTTP/1.1'
  const draft: Draft = {
    before: random.oneIn(10) ? '\r\n' : '',
    method: random.pick(METHODS),
    firstSpace: ' ',
    target: random.pick(TARGETS),
    secondSpace: ' ',
    version,
    lineEnd: '\r\n',
    fields: [field('Host', random.pick(['a', 'a.example:80', '[::1]:8080', '']))],
    headEnd: '\r\n',
    content: '',
    chunks: [],
    trailers: [],
    bodyEnd: '',
  }
  for (let i = random.skewed(4); i > 0; i--) draft.fields.push(anyField(random))
  if (random.oneIn(8)) specialForm(draft, random)
  if (random.oneIn(10)) draft.fields.push(field('Connection', random.pick(['close', 'keep-alive', 'foo, close', 'TE'])))
  frame(draft, random)
  return draft
}

/** Gives the request a body, or none, with the fields that frame it. */
export function frame(draft: Draft, random: Random): void {
  const kind = random.below(4)
  if (kind === 0) withLength(draft, random.pick(CONTENTS))
  else if (kind === 1 && draft.version === 'HTTP/1.1') withChunks(draft, random)
  else if (random.oneIn(8)) withLength(draft, '')
  if (kind < 2 && random.oneIn(12)) draft.fields.push(field('Expect', '100-continue'))
  if (random.oneIn(3)) shuffle(draft.fields, random)
}

/** A body of known length. */
export function withLength(draft: Draft, content: string): void {
  draft.content = content
  draft.fields.push(field('Content-Length', String(content.length)))
}

/** A chunked body of a few chunks. */
export function withChunks(draft: Draft, random: Random): void {
  draft.fields.push(field('Transfer-Encoding', random.pick(['chunked', 'chunked', 'Chunked', 'CHUNKED'])))
  for (let i = random.skewed(4); i > 0; i--) draft.chunks.push(chunkOf(random.pick(CONTENTS), random))
  draft.chunks.push({
    size: random.pick(['0', '0', '000']),
    extension: extension(random),
    sizeEnd: '\r\n',
    data: '',
    dataEnd: '',
  })
  for (let i = random.skewed(3); i > 0; i--) draft.trailers.push(anyField(random))
  draft.bodyEnd = '\r\n'
}

/** A chunk with that data. */
export function chunkOf(data: string, random: Random): DraftChunk {
  const hex = data.length.toString(16)
  const size = random.pick([hex, hex, hex.toUpperCase(), `0${hex}`, `000000000000000000${hex}`])
  return { size, extension: extension(random), sizeEnd: '\r\n', data, dataEnd: '\r\n' }
}

function extension(random: Random): string {
  if (!random.oneIn(5)) return ''
  return random.pick([';a', ';a=b', ';a="b c"', ';a=b;c', ';a="\\""'])
}

function anyField(random: Random): DraftField {
  const { name, colon, value, end } = field(random.pick(NAMES), random.pick(VALUES))
  return { name, colon, gap: random.pick(GAPS), value, after: random.pick(['', '', '', ' ', '\t ']), end }
}

function specialForm(draft: Draft, random: Random): void {
  switch (random.below(5)) {
    case 0:
      draft.target = random.pick(['http://b.example/', 'http://b:81?q', 'HTTPS://b/x', 'http://[::1]/'])
      return
    case 1:
      draft.method = 'OPTIONS'
      draft.target = '*'
      return
    case 2:
      draft.method = 'CONNECT'
      draft.target = random.pick(['b.example:443', '[::1]:80'])
      return
    default:
      draft.fields.push(field('Connection', 'upgrade'), field('Upgrade', random.pick(['websocket', 'h2c', 'x/1'])))
  }
}

function shuffle(fields: DraftField[], random: Random): void {
  for (let i = fields.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const one = fields[i] as DraftField
    fields[i] = fields[j] as DraftField
    fields[j] = one
  }
}
