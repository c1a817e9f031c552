// The `date` field, made once a second.

let line = ''
let expiry: NodeJS.Timeout | undefined

/** The whole `date` line with its CRLF (RFC 9110 §6.6.1), right to the second. */
export function dateLine(): string {
  if (line === '') renew()
  return line
}

function renew(): void {
  const now = new Date()
  line = `date: ${now.toUTCString()}\r\n`
  expiry = setTimeout(expire, 1000 - now.getMilliseconds())
  expiry.unref()
}

function expire(): void {
  line = ''
}
