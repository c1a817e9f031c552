// Damage to a stream as bytes, blind to what they mean.
import type { Random } from '../random.ts'

/** What mutations put in: bytes and words that decide something somewhere. */
const WORDS = [
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '\xff',
  '\x80',
  '\x7f',
  '0',
  '5',
  'a',
  '\r\n\r\n',
  '0\r\n\r\n',
  '\r\n ',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Host: b\r\n',
  'GET / HTTP/1.1\r\n',
  ' HTTP/1.1',
  'chunked',
  'Connection: close\r\n',
  'Expect: 100-continue\r\n',
  '-',
  '+',
  '_',
  '0x',
  '"',
  '#',
  '*',
  '/',
]

/** Damages a stream in a few places; `other` is one to take pieces from. */
export function mutate(stream: string, other: string, random: Random): string {
  let result = stream
  for (let i = 1 + random.skewed(4); i > 0; i--) result = mutateOnce(result, other, random)
  return result
}

function mutateOnce(stream: string, other: string, random: Random): string {
  const at = random.below(stream.length + 1)
  const before = stream.slice(0, at)
  const length = random.skewed(8) + 1
  switch (random.below(7)) {
    case 0:
      return before + random.pick(WORDS) + stream.slice(at)
    case 1:
      return before + random.pick(WORDS) + stream.slice(at + length)
    case 2:
      return before + stream.slice(at + length)
    case 3:
      return (
        before + String.fromCharCode((stream.charCodeAt(at) ^ (1 << random.below(8))) & 0xff) + stream.slice(at + 1)
      )
    case 4:
      // A piece twice.
      return before + stream.slice(at, at + length * 4) + stream.slice(at)
    case 5:
      return before + other.slice(random.below(other.length + 1))
    default:
      // Cut off.
      return before
  }
}
