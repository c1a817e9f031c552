// The request-target and what follows from it (RFC 9112 §3.2).

/** The parts of a request-target. `authority` is there for the absolute and the authority form. */
export interface TargetParts {
  readonly path: string
  readonly query: string
  readonly authority: string | undefined
}

/** Bytes as latin1 without controls, space and `#`, which a server answers with 400 (REQ-09). */
const TARGET = /^[!"$-~\x80-\xFF]+$/

/**
 * Splits a request-target as a server does: nothing is decoded or normalised (REQ-04).
 *
 * @throws TypeError for a target that no server would pass to an application.
 */
export function splitTarget(method: string, target: string): TargetParts {
  if (typeof target !== 'string' || !TARGET.test(target)) {
    throw new TypeError(
      `${JSON.stringify(target)} is not a request-target: percent-encode spaces, controls and what is not latin1, leave out "#"`,
    )
  }
  if (method === 'CONNECT') return authorityForm(target)
  if (target === '*') {
    if (method !== 'OPTIONS') throw new TypeError('the target "*" goes with OPTIONS only (RFC 9112 §3.2.4)')
    return { path: '*', query: '', authority: undefined }
  }
  if (target.startsWith('/')) return { ...splitQuery(target), authority: undefined }
  return absoluteForm(method, target)
}

function authorityForm(target: string): TargetParts {
  if (!/^(?:\[[^\]/?@]+\]|[^:/?@[\]]+):\d{1,5}$/.test(target)) {
    throw new TypeError(`the target of CONNECT must be host:port (RFC 9112 §3.2.3), not ${JSON.stringify(target)}`)
  }
  return { path: '', query: '', authority: target }
}

function absoluteForm(method: string, target: string): TargetParts {
  const match = /^https?:\/\/([^/?@]+)(.*)$/i.exec(target)
  if (match === null) {
    throw new TypeError(
      `${JSON.stringify(target)} is not a request-target: it must begin with "/" or "http://host", or be "*"`,
    )
  }
  const [, authority = '', rest = ''] = match
  if (rest.startsWith('/')) return { ...splitQuery(rest), authority }
  // An empty path is "/" (RFC 9110 §4.2.3), but for OPTIONS without a query it is "*" (RFC 9112 §3.2.4).
  const path = method === 'OPTIONS' && rest === '' ? '*' : '/'
  return { path, query: rest.slice(1), authority }
}

function splitQuery(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark === -1 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}
