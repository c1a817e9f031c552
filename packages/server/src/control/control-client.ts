// Asks a master over its control socket.
import { request } from 'node:http'

/** What it said. */
export interface ControlAnswer {
  readonly status: number
  readonly body: string
}

/**
 * Sends one request and reads the answer, however long that takes: a reload is answered when it has ended.
 *
 * @throws Error with the system's code where nobody answers
 */
export function askMaster(socketPath: string, method: 'GET' | 'POST', path: string): Promise<ControlAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, agent: false, headers: { host: 'kirin' } }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', reject)
    })
    sent.on('error', reject).end()
  })
}
