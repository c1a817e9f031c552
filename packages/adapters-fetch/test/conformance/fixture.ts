// What a fetch handler can do of the adapter suite's routes. It has no response object with events, and nothing of node's.
import { type AdapterFixture, ROUTES } from '../../../spec/src/conformance/adapter/index.ts'
import { fromFetch } from '../../src/index.ts'

const plain = { 'content-type': 'text/plain' }
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

const routes: Readonly<Record<string, (request: Request) => Response | Promise<Response>>> = {
  'GET /text': () => {
    const headers = new Headers(plain)
    for (const cookie of ['a=1', 'b=2']) headers.append('set-cookie', cookie)
    return new Response('text', { headers })
  },
  'GET /throw': () => {
    throw new Error('nothing handles this')
  },
  'GET /reject': async () => {
    await turn()
    throw new Error('nothing handles this')
  },
}

/** The fixture of `fromFetch`. */
export const fetchFixture: AdapterFixture = {
  gateway: () =>
    fromFetch(request => routes[`${request.method} ${new URL(request.url).pathname}`]?.(request) as Response),
  lacks: Object.fromEntries(
    Object.keys(ROUTES)
      .filter(route => !(route in routes))
      .map(route => [route, 'fetch has no events of a response and none of the calls that this is about']),
  ),
}
