// Bytes that both ends of a soak know without having exchanged them.
import { Random } from '../random.ts'

/** Prime, so that no chunk size or buffer size divides it: a byte moved by any of those shows. */
const PERIOD = 65_521

const block: Buffer = makeBlock()

function makeBlock(): Buffer {
  const random = new Random(0x736f_616b)
  return Buffer.from(Array.from({ length: PERIOD }, () => random.below(256)))
}

/** `length` bytes of the content, from offset `at`. */
export function content(at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  for (let done = 0; done < length; ) {
    const start = (at + done) % PERIOD
    done += block.copy(bytes, done, start, Math.min(PERIOD, start + length - done))
  }
  return bytes
}
