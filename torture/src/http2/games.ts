// What a client may do to a connection that is no mere nonsense: windows, goodbyes, leaving, oddities.
import type { Random } from '../random.ts'
import { content } from '../soak/content.ts'
import { type Maker, OPEN, some, streamOf, times } from './attack.ts'
import {
  END_STREAM,
  frame,
  get,
  headers,
  PADDED,
  requestFields,
  reset,
  SETTING,
  settings,
  TYPE,
  windowUpdate,
} from './frames.ts'

/** Requests in any number, with frames of all kinds between them; most of it is in order. */
function anything(random: Random): Buffer {
  const window = random.pick([65_535, 0x7fffffff])
  let stream = -1
  const some = times(1 + random.below(9), () => {
    switch (random.below(12)) {
      case 0:
        return reset(Math.max(1, stream), random.below(14))
      case 1:
        return frame({ type: TYPE.goaway }, Buffer.alloc(8))
      case 2:
        return frame({ type: TYPE.ping }, Buffer.alloc(random.oneIn(4) ? 3 : 8))
      case 3:
        stream += 2
        return Buffer.concat([
          headers(stream, requestFields('POST', '/take?at=0'), 0),
          frame({ type: TYPE.data, stream }, content(0, random.below(16_000))),
        ])
      case 4:
        return windowUpdate(0, 1 + random.below(9))
      default:
        stream += 2
        return get(
          stream,
          random.pick(['/bytes?at=0&n=900000&how=stream&chunk=16000', '/late?ms=20&at=0&n=9&how=single']),
        )
    }
  })
  return Buffer.concat([settings([SETTING.window, window]), some])
}

/** By name. */
export const GAMES: Readonly<Record<string, Maker>> = {
  'a window of nothing': random => ({
    outcome: 'either',
    bytes: Buffer.concat([
      settings([SETTING.window, 0]),
      times(20, i =>
        get(
          streamOf(i),
          `/bytes?at=0&n=${200_000 + random.below(800_000)}&how=${random.pick(['single', 'stream', 'declared'])}&chunk=9000`,
        ),
      ),
    ]),
    last: 39,
  }),
  'a window by drops': random => ({
    outcome: 'either',
    bytes: Buffer.concat([
      settings([SETTING.window, 0]),
      get(1, '/bytes?at=0&n=500000&how=stream&chunk=20000'),
      times(500, () => windowUpdate(1, 1 + random.below(9))),
    ]),
    last: 1,
  }),
  'a window that becomes negative': () => ({
    outcome: 'either',
    bytes: Buffer.concat([
      get(1, '/bytes?at=0&n=90000&how=single'),
      settings([SETTING.window, 10]),
      settings([SETTING.window, 0]),
      settings([SETTING.window, 70_000]),
    ]),
    last: 1,
  }),
  'large answers that are not read': random => ({
    outcome: 'either',
    bytes: times(30, i =>
      get(
        streamOf(i),
        `/bytes?at=${random.below(60_000)}&n=900000&how=${random.pick(['single', 'stream'])}&chunk=30000`,
      ),
    ),
    isDeaf: true,
    last: 59,
  }),
  'GOAWAY in the middle': () => ({
    outcome: 'either',
    bytes: Buffer.concat([
      times(10, i => get(streamOf(i), '/late?ms=20&at=0&n=5000&how=stream&chunk=500')),
      frame({ type: TYPE.goaway }, some(0, 8)),
      get(41, '/empty'),
    ]),
    last: 41,
  }),
  // What ended or hung whole processes: node and nghttp2 end a session where they should not.
  'GOAWAY, a request and a malformed frame (CVE-2026-27135)': random => ({
    outcome: 'connection',
    bytes: Buffer.concat([
      frame({ type: TYPE.goaway }, some(0, 8)),
      times(1 + random.below(4), i => get(streamOf(i), '/empty')),
      random.pick([frame({ type: TYPE.ping }, some(0, 3)), frame({ type: TYPE.window }, some(0, 3)), reset(0)]),
    ]),
    last: 7,
  }),
  'leaving in the middle of several answers': random => ({
    outcome: 'either',
    bytes: Buffer.concat([
      times(2 + random.below(9), i =>
        get(streamOf(i), '/bytes?at=0&n=900000&how=stream&chunk=9000' + random.pick(['', '&pace'])),
      ),
      get(41, '/late?ms=900&at=0&n=10&how=single'),
    ]),
    leaves: 'at data',
    last: 41,
  }),
  'anything, and leaving at any time': random => ({
    outcome: 'either',
    bytes: anything(random),
    isDeaf: random.oneIn(2),
    leaves: random.below(120),
    last: 41,
  }),
  'half a request': () => ({
    outcome: 'either',
    bytes: Buffer.concat([OPEN(), frame({ type: TYPE.data, stream: 1 }, content(0, 10))]),
    last: 1,
  }),
  'many halves of requests': random => ({
    outcome: 'either',
    bytes: times(90, i =>
      Buffer.concat([
        headers(streamOf(i), requestFields('POST', random.pick(['/take?at=0', '/echo', '/ignore', '/take?peek'])), 0),
        frame({ type: TYPE.data, stream: streamOf(i) }, content(0, random.below(500))),
      ]),
    ),
    last: 179,
  }),
  'answers that are reset within': random => ({
    outcome: 'either',
    bytes: times(60, i =>
      Buffer.concat([
        get(streamOf(i), '/bytes?at=0&n=400000&how=stream&chunk=5000&pace'),
        random.oneIn(2) ? reset(streamOf(i), random.below(14)) : Buffer.alloc(0),
      ]),
    ),
    last: 119,
  }),
  'frames of unknown types': random => ({
    outcome: 'served',
    bytes: Buffer.concat([
      times(50, () =>
        frame(
          { type: 10 + random.below(240), flags: random.below(256), stream: streamOf(random.below(9)) },
          some(1, random.below(300)),
        ),
      ),
      get(1, '/empty'),
    ]),
    last: 1,
  }),
  'unknown settings': random => ({
    outcome: 'served',
    bytes: Buffer.concat([settings([200, random.bits()], [99, 1]), get(1, '/empty')]),
    last: 1,
  }),
  padding: () => ({
    outcome: 'served',
    bytes: Buffer.concat([
      OPEN(),
      frame(
        { type: TYPE.data, flags: PADDED | END_STREAM, stream: 1 },
        Buffer.concat([Buffer.from([99]), some(0, 99)]),
      ),
    ]),
    last: 1,
  }),
  'requests in one piece': () => ({
    outcome: 'served',
    bytes: times(60, i => get(streamOf(i), '/bytes?at=5&n=800&how=sync')),
    last: 119,
  }),
}
