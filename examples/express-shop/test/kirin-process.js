// A real Kirin serving the shop, or another example, and what a client of it needs.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const shop = fileURLToPath(new URL('..', import.meta.url))

/** Kirin on the shop. Lines of its two outputs can be waited for. */
export class KirinProcess {
  /**
   * @param {{ workers?: number, temporary?: string, flags?: string[], folder?: string, env?: NodeJS.ProcessEnv }} options `temporary`: where uploads lie while they
   *   are looked at; `flags`: more of Kirin's options; `folder`: of the example; `env`: more of its environment
   */
  static async start({ workers = 1, temporary, flags = [], folder = shop, env = {} }) {
    const kirin = new KirinProcess(folder, { workers, temporary, flags, env })
    const [, port] = await kirin.line(/Listening at http:\/\/127\.0\.0\.1:(\d+)/)
    kirin.port = Number(port)
    return kirin
  }

  #lines = []
  #waiting = new Set()

  constructor(folder, { workers, temporary, flags, env }) {
    this.child = spawn(
      process.execPath,
      [
        path.join(folder, 'node_modules/@nsgi/server/dist/cli/bin.js'),
        '--bind=127.0.0.1:0',
        `--workers=${workers}`,
        '--access-logfile=-',
        '--access-logformat=%(m)s %(U)s %(s)s %(B)s',
        ...flags,
        'app.js',
      ],
      { cwd: folder, env: { PATH: process.env.PATH, TMPDIR: temporary, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
    )
    this.exited = once(this.child, 'exit').then(([code, signal]) => signal ?? code)
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface(stream).on('line', line => {
        this.#lines.push(line)
        for (const look of this.#waiting) look()
      })
    }
  }

  /** Everything logged so far. */
  get log() {
    return this.#lines.join('\n')
  }

  /**
   * The first line that matches, once it is there: its match. Rejects if Kirin ends without it.
   *
   * @param {RegExp} pattern
   * @param {number} nth which of the matching lines, from 0
   */
  async line(pattern, nth = 0) {
    const find = () => this.#lines.map(line => pattern.exec(line)).filter(Boolean)[nth]
    const seen = new Promise(resolve => {
      const look = () => {
        const match = find()
        if (match === undefined) return
        this.#waiting.delete(look)
        resolve(match)
      }
      this.#waiting.add(look)
      look()
    })
    const match = await Promise.race([seen, this.exited.then(() => find())])
    if (match === undefined) throw new Error(`Kirin ended without a line like ${pattern}:\n${this.log}`)
    return match
  }

  /** @returns {Promise<number | string>} the exit code, or the signal that ended it */
  stop(signal = 'SIGTERM') {
    this.child.kill(signal)
    return this.exited
  }

  /**
   * Sends a request on a connection of its own; the body of the response is not read yet.
   *
   * @param {string} target
   * @param {{ method?: string, headers?: http.OutgoingHttpHeaders, body?: string | Uint8Array }} options
   * @returns {Promise<http.IncomingMessage>}
   */
  async open(target, { method = 'GET', headers = {}, body } = {}) {
    const request = http.request({ host: '127.0.0.1', port: this.port, path: target, method, headers, agent: false })
    request.end(body)
    const [response] = await once(request, 'response')
    return response
  }

  /** Sends a request and reads the whole response. */
  async fetch(target, options) {
    const response = await this.open(target, options)
    const chunks = await response.toArray()
    const bytes = Buffer.concat(chunks)
    const { statusCode: status, headers } = response
    return { status, headers, bytes, text: bytes.toString(), json: () => JSON.parse(bytes.toString()) }
  }

  /** Posts JSON, as the customer with this cookie. */
  post(target, value, cookie = '') {
    const headers = { 'content-type': 'application/json', cookie }
    return this.fetch(target, {
      method: 'POST',
      headers,
      body: typeof value === 'string' ? value : JSON.stringify(value),
    })
  }
}

/** The `cookie` field for what a response set. */
export function cookieOf(response) {
  return response.headers['set-cookie'].map(line => line.split(';')[0]).join('; ')
}
