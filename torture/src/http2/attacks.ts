// What is done to a connection of HTTP/2: each attack by its name, with what RFC 9113 or common sense wants to come of it.
import type { Random } from '../random.ts'
import { content } from '../soak/content.ts'
import { type Attack, type Maker, OPEN, some, streamOf, times } from './attack.ts'
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  type Field,
  frame,
  get,
  headers,
  indexed,
  literals,
  PADDED,
  PREFACE,
  requestFields,
  reset,
  SETTING,
  settings,
  TYPE,
  WITH_PRIORITY,
  windowUpdate,
  word,
} from './frames.ts'
import { GAMES } from './games.ts'

const breaking = (...parts: readonly Buffer[]): Attack => ({
  outcome: 'connection',
  bytes: Buffer.concat(parts),
  last: 1,
})
const refused = (...parts: readonly Buffer[]): Attack => ({ outcome: 'stream', bytes: Buffer.concat(parts), last: 1 })

/** A head that RFC 9113 §8.2 and §8.3 call malformed. */
const malformed = (fields: readonly Field[], flags?: number): Attack => refused(headers(1, fields, flags))

const FRAMING: Readonly<Record<string, Maker>> = {
  'a preface that breaks off within': random => ({
    outcome: 'either',
    bytes: PREFACE.subarray(0, 4 + random.below(PREFACE.length - 4)),
    isWhole: true,
    last: 0,
  }),
  'a wrong preface': () => ({
    outcome: 'connection',
    bytes: Buffer.concat([PREFACE.subarray(0, -4), Buffer.from('XX\r\n'), settings()]),
    isWhole: true,
    last: 0,
  }),
  'no settings first': () => ({
    outcome: 'connection',
    bytes: Buffer.concat([PREFACE, frame({ type: TYPE.ping }, some(1, 8))]),
    isWhole: true,
    last: 0,
  }),
  'DATA on stream 0': () => breaking(frame({ type: TYPE.data }, some(65, 9))),
  'DATA on an idle stream': () => breaking(frame({ type: TYPE.data, stream: 7 }, some(65, 9))),
  'HEADERS on stream 0': () => breaking(headers(0, requestFields('GET', '/empty'))),
  'HEADERS on an even stream': () => breaking(headers(2, requestFields('GET', '/empty'))),
  // nghttp2 takes it for what is left of a stream that was closed, and passes over it.
  'HEADERS on a lower stream': () => ({ ...breaking(get(9, '/empty'), get(5, '/empty')), outcome: 'either', last: 9 }),
  'a frame that is too large': random =>
    breaking(OPEN(), frame({ type: TYPE.data, stream: 1 }, content(0, 16_385 + random.below(9000)))),
  'a frame that claims 16 MB': () => breaking(frame({ type: TYPE.headers, stream: 1, length: 0xffffff })),
  'SETTINGS on a stream': () => breaking(frame({ type: TYPE.settings, stream: 1 })),
  'SETTINGS of a wrong length': random => breaking(frame({ type: TYPE.settings }, some(0, 1 + random.below(5)))),
  'SETTINGS acknowledged with content': () => breaking(frame({ type: TYPE.settings, flags: ACK }, some(0, 6))),
  'SETTINGS with a window too large': () => breaking(settings([SETTING.window, 0x80000000])),
  'SETTINGS with frames too small': random => breaking(settings([SETTING.frameSize, random.below(16_384)])),
  'SETTINGS that push twice': () => breaking(settings([SETTING.push, 2])),
  'PING on a stream': () => breaking(frame({ type: TYPE.ping, stream: 1 }, some(0, 8))),
  'PING of a wrong length': random => breaking(frame({ type: TYPE.ping }, some(0, random.below(8)))),
  'RST_STREAM on stream 0': () => breaking(reset(0)),
  'RST_STREAM of an idle stream': () => breaking(reset(9)),
  'RST_STREAM of a wrong length': () => breaking(OPEN(), frame({ type: TYPE.reset, stream: 1 }, some(0, 3))),
  'PRIORITY of a wrong length': () => ({
    ...refused(get(1, '/empty'), frame({ type: TYPE.priority, stream: 3 }, some(0, 4))),
    outcome: 'either',
    last: 3,
  }),
  'PUSH_PROMISE from a client': () =>
    breaking(
      OPEN(),
      frame(
        { type: TYPE.push, flags: END_HEADERS, stream: 1 },
        Buffer.concat([word(2), literals(requestFields('GET', '/'))]),
      ),
    ),
  'GOAWAY on a stream': () => breaking(frame({ type: TYPE.goaway, stream: 1 }, some(0, 8))),
  'GOAWAY of a wrong length': () => breaking(frame({ type: TYPE.goaway }, some(0, 7))),
  'WINDOW_UPDATE of a wrong length': () => breaking(frame({ type: TYPE.window }, some(0, 3))),
  'WINDOW_UPDATE by nothing': () => breaking(windowUpdate(0, 0)),
  'WINDOW_UPDATE beyond the largest': () => breaking(windowUpdate(0, 0x7fffffff), windowUpdate(0, 0x7fffffff)),
  'WINDOW_UPDATE of an idle stream': () => breaking(windowUpdate(9, 1)),
  'CONTINUATION of nothing': () =>
    breaking(frame({ type: TYPE.continuation, flags: END_HEADERS, stream: 1 }, some(0, 3))),
  'CONTINUATION that does not come': () =>
    breaking(
      frame({ type: TYPE.headers, stream: 1 }, literals(requestFields('GET', '/'))),
      frame({ type: TYPE.ping }, some(0, 8)),
    ),
  'CONTINUATION of another stream': () =>
    breaking(
      frame({ type: TYPE.headers, stream: 1 }, literals(requestFields('GET', '/'))),
      frame({ type: TYPE.continuation, flags: END_HEADERS, stream: 3 }),
    ),
  'padding longer than the frame': () =>
    breaking(OPEN(), frame({ type: TYPE.data, flags: PADDED, stream: 1 }, Buffer.from([200, 1, 2]))),
  'fields that are not there': () =>
    breaking(
      frame({ type: TYPE.headers, flags: END_STREAM | END_HEADERS, stream: 1 }, Buffer.from([0xff, 0xff, 0x7f])),
    ),
  'fields that break off': () =>
    breaking(
      frame(
        { type: TYPE.headers, flags: END_STREAM | END_HEADERS, stream: 1 },
        literals(requestFields('GET', '/empty')).subarray(0, -3),
      ),
    ),
  'a number without end in the fields': () =>
    breaking(frame({ type: TYPE.headers, flags: END_STREAM | END_HEADERS, stream: 1 }, some(0xff, 60))),
  'a table larger than agreed': () =>
    breaking(
      frame({ type: TYPE.headers, flags: END_STREAM | END_HEADERS, stream: 1 }, Buffer.from([0x3f, 0xff, 0xff, 0x7f])),
    ),
}

const MESSAGES: Readonly<Record<string, Maker>> = {
  'a name in upper case': () => malformed(requestFields('GET', '/empty', [['X-Upper', '1']])),
  'a name with a space': () => malformed(requestFields('GET', '/empty', [['x y', '1']])),
  'no method': () =>
    malformed([
      [':scheme', 'https'],
      [':path', '/'],
      [':authority', 'soak'],
    ]),
  'no path': () =>
    malformed([
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', 'soak'],
    ]),
  'an empty path': () => malformed(requestFields('GET', '')),
  'two methods': () => malformed([...requestFields('GET', '/empty'), [':method', 'POST']]),
  'an unknown pseudo-header': () => malformed([...requestFields('GET', '/empty'), [':what', 'x']]),
  'a pseudo-header of responses': () => malformed([...requestFields('GET', '/empty'), [':status', '200']]),
  'a pseudo-header behind a field': () =>
    malformed([
      [':method', 'GET'],
      [':scheme', 'https'],
      ['x-a', '1'],
      [':path', '/'],
      [':authority', 'a'],
    ]),
  'a field of the connection': random =>
    malformed(
      requestFields('GET', '/empty', [
        [random.pick(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']), 'x'],
      ]),
    ),
  'te that is not trailers': () => malformed(requestFields('GET', '/empty', [['te', 'gzip']])),
  'a path with a fragment': () => malformed(requestFields('GET', '/empty#x')),
  'a path that is no path': () => malformed(requestFields('GET', 'empty')),
  'a host that is none': () =>
    malformed([
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/'],
      [':authority', 'a/b'],
    ]),
  'two hosts': () => malformed(requestFields('GET', '/empty', [['host', 'other']])),
  'a length that is no number': () => malformed(requestFields('POST', '/take?at=0', [['content-length', '-1']])),
  'less than its length': () =>
    refused(
      headers(1, requestFields('POST', '/take?at=0', [['content-length', '10']]), 0),
      frame({ type: TYPE.data, flags: END_STREAM, stream: 1 }, content(0, 4)),
    ),
  'more than its length': () =>
    refused(
      headers(1, requestFields('POST', '/take?at=0', [['content-length', '2']]), 0),
      frame({ type: TYPE.data, flags: END_STREAM, stream: 1 }, content(0, 4)),
    ),
  'trailers with a pseudo-header': () => refused(OPEN(), headers(1, [[':path', '/x']])),
  'an extended CONNECT that was not offered': () =>
    malformed(
      [
        [':method', 'CONNECT'],
        [':protocol', 'websocket'],
        [':scheme', 'https'],
        [':path', '/'],
        [':authority', 'soak'],
      ],
      0,
    ),
  'a CONNECT with a path': () => malformed(requestFields('CONNECT', '/empty')),
  'WINDOW_UPDATE of a stream by nothing': () => ({ ...refused(OPEN(), windowUpdate(1, 0)), outcome: 'either' }),
  // RFC 9113 §6.9.1 would have the stream end, node ends the connection.
  'WINDOW_UPDATE of a stream beyond the largest': () => ({
    ...refused(OPEN(), windowUpdate(1, 0x7fffffff), windowUpdate(1, 0x7fffffff)),
    outcome: 'either',
  }),
  'DATA behind the end': () => ({
    ...refused(get(1, '/late?ms=20&at=0&n=10&how=single'), frame({ type: TYPE.data, stream: 1 }, content(0, 9))),
    outcome: 'either',
  }),
  'a stream that depends on itself': () => ({
    ...refused(
      frame(
        { type: TYPE.headers, flags: END_HEADERS | END_STREAM | WITH_PRIORITY, stream: 1 },
        Buffer.concat([word(1), Buffer.from([9]), literals(requestFields('GET', '/empty'))]),
      ),
    ),
    outcome: 'either',
  }),
}

const FLOODS: Readonly<Record<string, Maker>> = {
  'resets at once (CVE-2023-44487)': random => ({
    outcome: 'connection',
    bytes: times(1500 + random.below(1500), i =>
      Buffer.concat([get(streamOf(i), '/late?ms=50&at=0&n=10&how=single'), reset(streamOf(i))]),
    ),
    last: 6001,
  }),
  'resets by the server’s hand': () => ({
    // Each is malformed, so that the server resets it (CVE-2025-8671).
    outcome: 'either',
    bytes: times(3000, i =>
      Buffer.concat([headers(streamOf(i), requestFields('POST', '/take?at=0'), 0), windowUpdate(streamOf(i), 0)]),
    ),
    last: 6001,
  }),
  'CONTINUATION without end (CVE-2024-27983)': random => ({
    outcome: 'connection',
    bytes: Buffer.concat([
      frame({ type: TYPE.headers, stream: 1 }, literals(requestFields('GET', '/empty'))),
      times(400, () =>
        frame({ type: TYPE.continuation, stream: 1 }, literals([['x-a', 'v'.repeat(random.below(900))]])),
      ),
    ]),
    last: 1,
  }),
  'CONTINUATION with nothing in it': () => ({
    outcome: 'connection',
    bytes: Buffer.concat([
      frame({ type: TYPE.headers, stream: 1 }, literals(requestFields('GET', '/empty'))),
      times(4000, () => frame({ type: TYPE.continuation, stream: 1 })),
    ]),
    last: 1,
  }),
  'PINGs whose answers are not read (CVE-2019-9512)': () => ({
    outcome: 'either',
    bytes: times(20_000, i => frame({ type: TYPE.ping }, Buffer.concat([word(i), word(i)]))),
    isDeaf: true,
    last: 0,
  }),
  'SETTINGS whose answers are not read (CVE-2019-9515)': () => ({
    outcome: 'either',
    bytes: times(20_000, () => settings()),
    isDeaf: true,
    last: 0,
  }),
  'DATA with nothing in it (CVE-2019-9518)': () => ({
    outcome: 'connection',
    bytes: Buffer.concat([OPEN(), times(5000, () => frame({ type: TYPE.data, stream: 1 }))]),
    last: 1,
  }),
  'HEADERS with nothing in it': () => ({
    outcome: 'either',
    bytes: times(2000, i => frame({ type: TYPE.headers, flags: END_HEADERS, stream: streamOf(i) })),
    last: 3999,
  }),
  'PRIORITY without end (CVE-2019-9513)': random => ({
    outcome: 'either',
    bytes: times(10_000, () =>
      frame(
        { type: TYPE.priority, stream: streamOf(random.below(900)) },
        Buffer.concat([word(streamOf(random.below(900))), Buffer.from([random.below(256)])]),
      ),
    ),
    last: 1,
  }),
  'WINDOW_UPDATE by one': () => ({
    outcome: 'served',
    bytes: Buffer.concat([get(1, '/bytes?at=0&n=100&how=stream'), times(10_000, () => windowUpdate(0, 1))]),
    last: 1,
  }),
  'streams beyond the limit': () => ({
    outcome: 'either',
    bytes: times(600, i => headers(streamOf(i), requestFields('POST', '/take?at=0'), 0)),
    last: 1199,
  }),
  'fields that fill memory by one byte each': () => ({
    outcome: 'either',
    bytes: Buffer.concat([
      frame(
        { type: TYPE.headers, flags: END_HEADERS | END_STREAM, stream: 1 },
        Buffer.concat([literals(requestFields('GET', '/empty')), indexed(['x', 'v'.repeat(3900)])]),
      ),
      // The newest entry of the table, thousands of times over (RFC 7541 §7.1: 62).
      times(20, i =>
        frame(
          { type: TYPE.headers, flags: END_HEADERS | END_STREAM, stream: streamOf(i + 1) },
          Buffer.concat([literals(requestFields('GET', '/empty')), some(0xbe, 12_000)]),
        ),
      ),
    ]),
    last: 41,
  }),
  'fields by the thousand': () => ({
    outcome: 'either',
    bytes: frame(
      { type: TYPE.headers, flags: END_HEADERS | END_STREAM, stream: 1 },
      literals([...requestFields('GET', '/empty'), ...Array.from({ length: 1500 }, (): Field => ['x', '1'])]),
    ),
    last: 1,
  }),
  'a field that is too large': () => ({
    outcome: 'stream',
    bytes: headers(1, requestFields('GET', '/empty', [['x', 'v'.repeat(15_000)]])),
    last: 1,
  }),
}

const ATTACKS: readonly (readonly [string, Maker])[] = [FRAMING, MESSAGES, FLOODS, GAMES].flatMap(all =>
  Object.entries(all),
)

/** Names of all attacks. */
export const attackNames: readonly string[] = [...ATTACKS.map(([name]) => name), 'damage']

/** The attack of a case, and its name. Every other case or so is valid traffic that was damaged blindly. */
export function planAttack(random: Random, number: number): { readonly name: string; readonly attack: Attack } {
  const index = number % (ATTACKS.length + 8)
  const chosen = ATTACKS[index]
  if (chosen !== undefined) return { name: chosen[0], attack: chosen[1](random) }
  return { name: 'damage', attack: damaged(random) }
}

/** The bytes of some other attack, with bytes changed, lost, doubled, or cut off. */
function damaged(random: Random): Attack {
  const [, make] = random.pick(ATTACKS)
  const { bytes, isDeaf = false } = make(random)
  const whole = Buffer.concat([PREFACE, settings(), bytes.subarray(0, 20_000)])
  for (let i = 0; i <= random.below(6); i++) whole.writeUInt8(random.below(256), random.below(whole.length))
  const at = random.below(whole.length)
  const kept = random.pick([
    whole,
    whole.subarray(0, at),
    Buffer.concat([whole.subarray(0, at), whole.subarray(at + random.below(30))]),
    Buffer.concat([whole.subarray(0, at), whole.subarray(Math.max(0, at - 40))]),
  ])
  return { outcome: 'either', bytes: kept, isWhole: true, isDeaf, last: 0 }
}
