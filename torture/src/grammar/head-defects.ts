// Ways to break a request's head: lines, fields, names, values, targets.
import type { Random } from '../random.ts'
import { type Draft, type DraftField, field } from './draft.ts'

/** Breaks a draft in one way; what that does to its validity is for the reference to say. */
export type Defect = (draft: Draft, random: Random) => void

/** Line ends that are none, and things between lines. */
const BAD_ENDS = ['\n', '\r', '\n\r', '\r\r\n', '\r\n\r', '', '\0\r\n', '\r\n ', '\r\n\t', '\x85', '\x0b\r\n', ' \r\n']
/** Bytes that some parser or other takes for a space, an end or nothing. */
const NASTY = [
  '\0',
  '\x01',
  '\x0b',
  '\x0c',
  '\r',
  '\n',
  '\t',
  ' ',
  '\x7f',
  '\x80',
  '\xa0',
  '\xff',
  ':',
  ';',
  ',',
  '"',
  '\\',
]

function someField(draft: Draft, random: Random): DraftField {
  return draft.fields.length === 0 ? field('X', 'y') : random.pick(draft.fields)
}

function insert(text: string, what: string, random: Random): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + what + text.slice(at)
}

export const HEAD_DEFECTS: Readonly<Record<string, Defect>> = {
  'line end of the request line': (draft, random) => {
    draft.lineEnd = random.pick(BAD_ENDS)
  },
  'line end of a field': (draft, random) => {
    someField(draft, random).end = random.pick(BAD_ENDS)
  },
  'end of the head': (draft, random) => {
    draft.headEnd = random.pick(BAD_ENDS)
  },
  'bytes before the request': (draft, random) => {
    draft.before = random.pick([
      '\n',
      '\r',
      ' ',
      '\r\n\r\n\r\n',
      '\r\n\n',
      '\0',
      '\t',
      '\n\r\n',
      '\xef\xbb\xbf',
      '\r\n ',
      'x',
    ])
  },
  'spaces of the request line': (draft, random) => {
    const bad = random.pick(['  ', '\t', '', ' \t', '\x0b', '\x0c', '\r', '\0', '\xa0', ' / '])
    if (random.oneIn(2)) draft.firstSpace = bad
    else draft.secondSpace = bad
  },
  version: (draft, random) => {
    draft.version = random.pick([
      'HTTP/1.2',
      'HTTP/2.0',
      'HTTP/0.9',
      'http/1.1',
      'HTTP/1.10',
      'HTTP/01.1',
      'HTTP/1,1',
      'HTTP/1.1 ',
      'HTTP/ 1.1',
      'HTTP/+1.1',
      'HTTP/1.1x',
      '',
      'HTTP/1',
      'ICE/1.0',
      'RTSP/1.0',
      'HTTP/9.9',
      'HTTP/1.\xb9',
      'HTTP/11',
      'HTTPS/1.1',
    ])
  },
  method: (draft, random) => {
    draft.method = random.pick([
      'get',
      'GETX',
      'G',
      '',
      'PRI',
      'FOO',
      'POST\t',
      'GE T',
      'G\0ET',
      'CONNECT',
      'OPTIONS',
      'HEAD',
      'TRACE',
      '"GET"',
      ':GET',
      'P\xd6ST',
      'SOURCE',
      'ANNOUNCE',
      'DESCRIBE',
      'GET/',
      "!#$%&'*+-.^_`|~",
      'X'.repeat(5000),
    ])
  },
  target: (draft, random) => {
    draft.target = random.pick([
      '*',
      '',
      'a',
      'a:80',
      '/a#b',
      '#',
      '/a b',
      '/a\tb',
      '/\0',
      '/\x7f',
      '/\xe9',
      'http://',
      'http:///x',
      'http://u@b/',
      'ftp://b/',
      'http:/b',
      '//',
      'http://b#c',
      'http://b:x/',
      'http://[::1',
      'http://b\\c/',
      '?q',
      '/..//./%',
      '/%00%0d%0a',
      '/' + 'l'.repeat(5000),
      'https://b',
      'ws://b/',
      'b:',
      ':80',
      '[::1]:80',
      'b:999999',
      '/a\rb',
      '/a\nb',
      'http://b c/',
    ])
  },
  'Host fields': (draft, random) => {
    const hosts = draft.fields.filter(({ name }) => name.toLowerCase() === 'host')
    if (random.oneIn(3)) draft.fields = draft.fields.filter(one => !hosts.includes(one))
    else
      draft.fields.push(
        field(
          random.pick(['Host', 'host', 'HOST']),
          random.pick([
            'a',
            'b',
            '',
            'a, b',
            'a/b',
            'u@a',
            'a:b',
            'a b',
            'a\tb',
            'a:80:80',
            '[::1',
            '\xe9',
            'a#b',
            'a?b',
            '%',
            'a\\b',
          ]),
        ),
      )
  },
  'bytes within a name': (draft, random) => {
    const one = someField(draft, random)
    one.name = insert(one.name, random.pick(NASTY), random)
  },
  'bytes within a value': (draft, random) => {
    const one = someField(draft, random)
    one.value = insert(one.value, random.pick(NASTY), random)
  },
  'colon of a field': (draft, random) => {
    someField(draft, random).colon = random.pick([
      ' :',
      '\t:',
      '',
      '::',
      ' ',
      '=',
      '\0:',
      ':\0',
      '\r\n:',
      ';',
      '\x0b:',
      '\xa0:',
    ])
  },
  'folded field': (draft, random) => {
    const one = someField(draft, random)
    if (random.oneIn(2)) one.gap = random.pick(['\r\n ', '\r\n\t', '\n ', '\r ', ' \r\n '])
    else one.after = random.pick(['\r\n x', '\r\n\t', '\n x', '\r\n \r\n', '\r\n chunked'])
  },
  'space before the first field': draft => {
    const first = draft.fields[0]
    if (first !== undefined) first.name = ` ${first.name}`
  },
  'odd field line': (draft, random) => {
    const line = { ...field('', ''), colon: '', gap: '' }
    line.name = random.pick([
      ':',
      ': x',
      'nothing',
      ' ',
      '\t',
      '=',
      '"a": b',
      'a b: c',
      '(c): d',
      'a: b\r\nc',
      '\xe9: x',
      'a[]: b',
      '@: x',
    ])
    draft.fields.splice(random.below(draft.fields.length + 1), 0, line)
  },
  'many fields': (draft, random) => {
    for (let i = random.pick([98, 101, 150]); i > 0; i--) draft.fields.push(field(`X-${i}`, 'y'))
  },
  'long field': (draft, random) => {
    draft.fields.push(field('X-Long', 'v'.repeat(random.pick([8000, 8190, 9000]))))
  },
  'connection options': (draft, random) => {
    draft.fields.push(
      field(
        'Connection',
        random.pick([
          'close, keep-alive',
          'keep-alive, close',
          'Close',
          'clos',
          'close x',
          ', close',
          'close,',
          'keep-alive\t',
          '"close"',
          'close;x',
          'content-length',
          'transfer-encoding',
          'upgrade, close',
          'xclose',
          'close\xa0',
          'keep-alive, upgrade',
        ]),
      ),
    )
    if (random.oneIn(3)) draft.fields.push(field('Connection', random.pick(['close', 'keep-alive', 'x'])))
    if (random.oneIn(3)) draft.version = 'HTTP/1.0'
  },
  'Proxy-Connection': draft => {
    draft.fields.push(field('Proxy-Connection', 'close'))
  },
  expectation: (draft, random) => {
    draft.fields.push(
      field(
        'Expect',
        random.pick([
          '100-continue',
          '100-Continue',
          '100-continue, x',
          'x',
          '',
          '200-ok',
          '100-continue\t',
          '100-continue;q=1',
          ' 100-continue',
          '100-continue, 100-continue',
        ]),
      ),
    )
    if (random.oneIn(3)) draft.fields.push(field('Expect', '100-continue'))
  },
  upgrade: (draft, random) => {
    draft.fields.push(field('Upgrade', random.pick(['websocket', 'h2c', '', 'x, y', 'TLS/1.0', 'x\0'])))
    if (!random.oneIn(4))
      draft.fields.push(
        field(
          'Connection',
          random.pick(['upgrade', 'Upgrade, close', 'keep-alive, Upgrade', 'upgrade, HTTP2-Settings']),
        ),
      )
    if (random.oneIn(4)) draft.version = 'HTTP/1.0'
  },
}
