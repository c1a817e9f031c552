/** Cookies of one client, without their attributes: an empty value or a date in the past removes one. */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  /** Takes note of the header lines of a response. */
  keep(lines: readonly string[]): void {
    for (const line of lines) {
      const found = /^set-cookie: ([^=]+)=([^;]*)(.*)$/i.exec(line)
      if (found === null) continue
      const [, name = '', value = '', attributes = ''] = found
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(attributes)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
  }

  /** The field for the next request; none without cookies. */
  header(): Record<string, string> {
    if (this.#cookies.size === 0) return {}
    return { Cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') }
  }
}
