// What every server answers, so that they differ in nothing else:
//
//     GET  /              13 bytes of text
//     GET  /json          an object of about 1 KB, serialised each time
//     GET  /bytes/SIZE    so many bytes in one buffer
//     GET  /stream/SIZE   so many bytes in chunks of 64 KiB, as the client takes them
//     POST /json          the number of items in the JSON sent
//     POST /upload        the number of bytes sent

export const HELLO: string = 'hello, world\n'

/** Bytes in a chunk of a streamed body. */
export const CHUNK_SIZE: number = 64 * 1024

const CHUNK = new Uint8Array(CHUNK_SIZE).fill(0x78)

const ARTICLES = Array.from({ length: 10 }, (_, index) => ({
  id: index,
  name: `article ${index}`,
  tags: ['new', 'blue', 'round'],
  price: 12.5,
  inStock: true,
}))

/** A fresh object of about 1 KB as JSON. */
export function article(): object {
  return { articles: ARTICLES }
}

const buffers = new Map<number, Buffer>()

/** The bytes for `/bytes/SIZE`, made once for each size. */
export function bytes(size: number): Buffer {
  let buffer = buffers.get(size)
  if (buffer === undefined) {
    buffer = Buffer.alloc(size, 'x')
    buffers.set(size, buffer)
  }
  return buffer
}

/** The chunks for `/stream/SIZE`. */
export async function* chunks(size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= CHUNK_SIZE) yield left >= CHUNK_SIZE ? CHUNK : CHUNK.subarray(0, left)
}

/** The number behind the last slash of a path. */
export function sizeIn(path: string): number {
  return Number(path.slice(path.lastIndexOf('/') + 1))
}

/** How many items a JSON body holds. */
export function itemsIn(text: string): number {
  return (JSON.parse(text) as { items: unknown[] }).items.length
}

/** All of a body as text. */
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts).toString()
}

/** The length of a body that is read and thrown away. */
export async function lengthOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0
  for await (const part of body) length += part.length
  return length
}
