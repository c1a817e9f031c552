// Gateway requests of Bun's Request objects (spec/nsgi.md §4).

const HOST = /^(?:\[[\da-fA-F:.]+\]|[\w!$&'()*+;=%~.-]*)(?::\d*)?$/

/** The status for what must not reach the application (§4.4) and Bun lets through; `undefined` for a request. */
export function refusalOf({ method, url, headers }) {
  const { target } = splitUrl(url)
  if (target.includes('#') || (method === 'CONNECT' && target !== '') || !HOST.test(headers.get('host') ?? ''))
    return 400
  const expectation = headers.get('expect')
  return expectation !== null && expectation.toLowerCase() !== '100-continue' ? 417 : undefined
}

/** Makes one; `signal` is the exchange's to add. */
export function gatewayRequest(message, engine) {
  const { method, headers: fields } = message
  const { target, path, query } = splitUrl(message.url)
  const headers = Object.assign(Object.create(null), Object.fromEntries(fields))
  const scheme = engine.protocol === 'https' ? 'https' : 'http'
  const body = bodyOf(message)
  return {
    method,
    target,
    mount: '',
    path,
    query,
    scheme,
    authority: headers.host ?? '',
    // Bun does not tell.
    httpVersion: '1.1',
    headers,
    // Nor the case, the order and the duplicates of fields.
    rawHeaders: [...fields].flat(),
    body: body?.iterable ?? null,
    get trailers() {
      // Bun drops trailers: it is as if there were none.
      return body === undefined || body.isOver() ? NO_TRAILERS : undefined
    },
    ...endsOf(message, engine),
    // Of a session nothing is told but that there is one.
    tls: scheme === 'https' ? NOTHING_KNOWN : null,
    upgrade: undefined,
  }
}

const NO_TRAILERS = Object.freeze(Object.create(null))
const NOTHING_KNOWN = Object.freeze({ version: '', alpn: null, servername: null, peerCertificate: null })

/** What is left of the target when Bun has made a URL of it. */
function splitUrl(url) {
  const target = /^(?:https?:\/\/[^/?#]*|unix:\/\/[^/?#]*)?(.*)$/.exec(url)[1]
  const mark = target.indexOf('?')
  if (mark < 0) return { target, path: target, query: '' }
  return { target, path: target.slice(0, mark), query: target.slice(mark + 1) }
}

function endsOf(message, engine) {
  const client = engine.requestIP(message)
  if (client === null) return { remote: { address: '', port: null }, local: { address: '', port: null } }
  return {
    remote: { address: client.address, port: client.port },
    local: { address: engine.hostname, port: engine.port },
  }
}

function bodyOf({ body, headers }) {
  const announced = headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0
  if (!announced) return undefined
  let used = false
  let over = false
  async function* chunks() {
    for await (const chunk of body ?? []) if (chunk.length > 0) yield chunk
    over = true
  }
  return {
    isOver: () => over,
    iterable: {
      [Symbol.asyncIterator]() {
        if (used) throw new TypeError('the body was read already')
        used = true
        return chunks()
      },
    },
  }
}
