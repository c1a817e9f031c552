// What the servers of a chaos run serve: the same answers in JavaScript and Python, so that one client knows both.

/** An application of the gateway interface. The header `x-pid` names the worker. */
export const NSGI_APPLICATION = `import { setTimeout as wait } from 'node:timers/promises'
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'.repeat(8000)
const headers = { 'content-type': 'text/plain', 'x-pid': String(process.pid) }
export default async function app(request) {
  if (request.path === '/echo') {
    const chunks = []
    for await (const chunk of request.body ?? []) chunks.push(chunk)
    return { status: 200, headers, body: Buffer.concat(chunks) }
  }
  const query = new URLSearchParams(request.query)
  const text = ALPHABET.slice(0, Number(query.get('length')))
  const ms = Number(query.get('ms'))
  if (request.path === '/pieces') return { status: 200, headers, body: pieces(text, ms) }
  if (request.path === '/burn') burn(ms)
  else if (ms > 0) await wait(ms)
  return { status: 200, headers, body: text }
}
function burn(ms) {
  const until = performance.now() + ms
  while (performance.now() < until);
}
async function* pieces(text, ms) {
  const middle = text.length >> 1
  yield text.slice(0, middle)
  if (ms > 0) await wait(ms)
  yield text.slice(middle)
}
`

/** The same for WSGI. */
export const WSGI_APPLICATION = `import os, time
from urllib.parse import parse_qs
ALPHABET = b'abcdefghijklmnopqrstuvwxyz' * 8000
def pieces(text, ms):
    middle = len(text) >> 1
    yield text[:middle]
    if ms: time.sleep(ms / 1000)
    yield text[middle:]
def app(environ, start_response):
    headers = [('content-type', 'text/plain'), ('x-pid', str(os.getpid()))]
    if environ['PATH_INFO'] == '/echo':
        body = environ['wsgi.input'].read()
    else:
        query = parse_qs(environ['QUERY_STRING'])
        body = ALPHABET[:int(query['length'][0])]
        ms = int(query['ms'][0])
        if environ['PATH_INFO'] == '/pieces':
            start_response('200 OK', headers)
            return pieces(body, ms)
        if ms: time.sleep(ms / 1000)
    start_response('200 OK', headers + [('content-length', str(len(body)))])
    return [body]
`

/** A deployment that cannot be loaded, in either language. */
export const BROKEN_APPLICATION = '{ this is no program\n'

/** The same number of processes by node's own means, for comparison of how fast they come up. */
export const CLUSTER_PROGRAM = `import cluster from 'node:cluster'
import { createServer } from 'node:http'
if (cluster.isPrimary) {
  for (let i = 0; i < Number(process.argv[2]); i++) cluster.fork()
  process.on('SIGTERM', () => process.exit(0))
} else {
  createServer((request, response) => response.end('hello'))
    .listen(0, '127.0.0.1', () => process.stderr.write('is ready\\n'))
  process.on('disconnect', () => process.exit(0))
}
`
