const boundary = 'b0undary'

/** A multipart request; `cut` leaves that many bytes off its end, without a lie about its length. */
export function multipart(path, parts, { cut = 0 } = {}) {
  const written = parts.map(({ name, filename, body, type = 'text/plain' }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: ${type}`
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${body}\r\n`
  })
  const whole = `${written.join('')}--${boundary}--\r\n`
  return {
    method: 'POST',
    path,
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
    body: whole.slice(0, whole.length - cut),
  }
}
