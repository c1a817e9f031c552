// The four forms of a request-target (RFC 9112 §3.2), and which method may have which.

const HOST = "(?:\\[[0-9a-f:.]+\\]|(?:[\\w\\-.~!$&'()*+,;=]|%[0-9a-f]{2})*)"
const ABSOLUTE = new RegExp(`^https?://(${HOST}(?::\\d*)?)(?:[/?]|$)`, 'i')
const AUTHORITY = new RegExp(`^${HOST}:\\d{1,5}$`, 'i')

/** Whether that method may have that target, which is of visible ASCII. A fragment is in no form. */
export function isAllowedTarget(method: string, target: string): boolean {
  if (target.includes('#')) return false
  if (method === 'CONNECT') return AUTHORITY.test(target)
  if (target === '*') return method === 'OPTIONS'
  if (target.startsWith('/')) return true
  const authority = ABSOLUTE.exec(target)?.[1]
  return authority !== undefined && authority !== ''
}
