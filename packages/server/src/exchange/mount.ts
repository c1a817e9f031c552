// The prefix of the path under which an application stands. Pure.

/** Segments of a path (RFC 3986 §3.3), each with its slash in front; none of them empty but the last. */
const PREFIX = /^(?:\/(?:[\w\-.~!$&'()*+,;=:@]|%[0-9a-f]{2})+)*\/?$/i

/**
 * Reads a prefix: `/api`, with or without a slash at its end, and nothing or `/` for none.
 *
 * @returns it as NSGI REQ-27 wants it: `""`, or with a slash at its beginning and none at its end. `undefined` for anything else
 */
export function parseMount(text: string): string | undefined {
  if (!PREFIX.test(text)) return undefined
  return text.endsWith('/') ? text.slice(0, -1) : text
}

/** Whether a path lies under a mount: whole segments, compared as received. Nothing but `""` holds `*` and no path at all. */
export function isUnder(path: string, mount: string): boolean {
  if (!path.startsWith(mount)) return false
  return mount === '' || path.length === mount.length || path.charCodeAt(mount.length) === SLASH
}

/**
 * A request-target with a prefix put back in front of its path.
 *
 * @param target of a request that has a path: in origin-form or absolute-form (RFC 9112 §3.2)
 */
export function withPrefix(target: string, prefix: string): string {
  if (target.charCodeAt(0) === SLASH) return prefix + target
  const authority = target.indexOf('://') + 3
  const [end = target.length] = [target.indexOf('/', authority), target.indexOf('?', authority)]
    .filter(at => at >= 0)
    .toSorted((a, b) => a - b)
  const path = target.charCodeAt(end) === SLASH ? '' : '/'
  return target.slice(0, end) + prefix + path + target.slice(end)
}

const SLASH = 0x2f
