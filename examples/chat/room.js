// What is said, on all workers. Workers are processes and share nothing but the file system: each message is one line at the end of one
// file, and every worker watches that file. So the history outlives workers, and nobody has to know who the others are. On several
// machines a message broker has this place.
import { watch } from 'node:fs'
import { open } from 'node:fs/promises'

/** How many of the last messages a new client is told. */
const HISTORY = 50

/** Bytes that are read at once. */
const PIECE = 64 * 1024

export class Room {
  #path
  #file
  #watcher
  #hear
  #position = 0
  #rest = Buffer.alloc(0)
  #reading = Promise.resolve()
  /** The last messages, oldest first. */
  history = []

  /** @param {string} path of the file that the workers share */
  constructor(path) {
    this.#path = path
  }

  /**
   * Reads what was said before, and then tells of each message, whoever said it, in the order of the file.
   *
   * @param {(message: object) => void} hear
   */
  async open(hear) {
    // Appending is what keeps the lines of several processes whole (O_APPEND).
    this.#file = await open(this.#path, 'a+', 0o600)
    this.#watcher = watch(this.#path, { persistent: false }, () => void this.#readSoon())
    await this.#readSoon()
    this.#hear = hear
  }

  /** Says something to everybody. */
  async say(message) {
    await this.#file.appendFile(`${JSON.stringify(message)}\n`)
  }

  async close() {
    this.#watcher?.close()
    await this.#reading
    await this.#file?.close()
    this.#file = undefined
  }

  /** One read after the other, so that lines come in their order. */
  #readSoon() {
    this.#reading = this.#reading.then(() => this.#read())
    return this.#reading
  }

  async #read() {
    for (;;) {
      if (this.#file === undefined) return
      const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(PIECE), 0, PIECE, this.#position)
      if (bytesRead === 0) return
      this.#position += bytesRead
      const lines = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)])
      const end = lines.lastIndexOf(0x0a) + 1
      this.#rest = lines.subarray(end)
      for (const line of lines.subarray(0, end).toString().split('\n')) if (line !== '') this.#heard(line)
    }
  }

  #heard(line) {
    let message
    try {
      message = JSON.parse(line)
    } catch {
      // Not ours: somebody wrote into the file, or a disk was full. The next line is whole again.
      return
    }
    this.history = [...this.history, message].slice(-HISTORY)
    this.#hear?.(message)
  }
}
