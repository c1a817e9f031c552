/** The parts of a request-target (RFC 9112 §3.2), percent-encoded as received. */
export interface Target {
  readonly path: string
  readonly query: string
  /** Of an absolute-form target; it wins over the Host field (RFC 9112 §3.2.2). */
  readonly authority: string | undefined
}

const absoluteForm = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)(.*)$/i

/**
 * Splits a target, that of CONNECT having no path. Nothing is decoded or normalised (NSGI REQ-04, REQ-05). An absolute-form
 * target without a path has `/`, or `*` with OPTIONS and no query (RFC 9110 §4.2.3).
 */
export function parseTarget(target: string, method: string): Target {
  if (method === 'CONNECT') return { path: '', query: '', authority: target }
  const absolute = target.startsWith('/') ? null : absoluteForm.exec(target)
  const rest = absolute ? (absolute[2] as string) : target
  const mark = rest.indexOf('?')
  const path = mark < 0 ? rest : rest.slice(0, mark)
  return {
    path: absolute && path === '' ? (method === 'OPTIONS' && mark < 0 ? '*' : '/') : path,
    query: mark < 0 ? '' : rest.slice(mark + 1),
    authority: absolute?.[1],
  }
}
