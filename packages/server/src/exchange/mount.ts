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

const SLASH = 0x2f
