// The master's hold on what its workers need for TLS: certificates from files, and the keys of session tickets.
import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import type { TlsSettings } from '../../config/settings/tls.ts'
import type { TlsMaterial } from '../../ipc/messages.ts'
import { type CheckedCertificates, readCertificates } from './certificate-files.ts'

/**
 * Milliseconds for which tickets are made with one key. Whoever steals the key can read what was sent under it by TLS 1.2, and node
 * cannot keep an old key beside the new one, so every client pays one full handshake at each change: half a day balances the two.
 */
const TICKET_KEY_LIFETIME = 12 * 60 * 60 * 1000

/** Bytes of a set of ticket keys: name, HMAC and AES (node's `ticketKeys`). */
const TICKET_KEY_BYTES = 48

/** What the workers are to use now, and how that changes. */
export class CertificateKeeper {
  #settings: TlsSettings
  readonly #log: Logger
  #material: TlsMaterial
  #changed: ((material: TlsMaterial) => void) | undefined

  private constructor(settings: TlsSettings, checked: Found, log: Logger) {
    this.#settings = settings
    this.#log = log
    this.#material = { ...checked.certificates, ticketKeys: newTicketKeys() }
    for (const warning of checked.warnings) log.warn(warning)
  }

  /** Reads what the settings name; gives the keeper, or a line for each mistake. */
  static open(settings: TlsSettings, log: Logger): CertificateKeeper | { readonly problems: readonly string[] } {
    const checked = readCertificates(settings, Date.now())
    return 'problems' in checked ? checked : new CertificateKeeper(settings, checked, log)
  }

  get material(): TlsMaterial {
    return this.#material
  }

  /** Has `changed` called with all that is new, and begins to change the keys of tickets from time to time. */
  watch(changed: (material: TlsMaterial) => void): void {
    this.#changed = changed
    setInterval(() => this.#set({ ...this.#material, ticketKeys: newTicketKeys() }), TICKET_KEY_LIFETIME).unref()
  }

  /** Names other files, for the next time that they are read. */
  use(settings: TlsSettings): void {
    this.#settings = settings
  }

  /** Reads the files again. What is in use stays in use if anything is wrong with them, and the log says what. */
  renew(): void {
    const checked = readCertificates(this.#settings, Date.now())
    if ('problems' in checked) {
      for (const problem of checked.problems) this.#log.error(`The certificates in use stay: ${problem}`)
      return
    }
    for (const warning of checked.warnings) this.#log.warn(warning)
    const { certificates } = checked
    // A resumed session is not checked against the authorities again: tickets must not outlive a change of them.
    const ticketKeys = certificates.ca === this.#material.ca ? this.#material.ticketKeys : newTicketKeys()
    this.#set({ ...certificates, ticketKeys })
    const count = certificates.certificates.length
    this.#log.info(`Read ${count === 1 ? 'the certificate' : `${count} certificates`} again: in use from now on`)
  }

  #set(material: TlsMaterial): void {
    this.#material = material
    this.#changed?.(material)
  }
}

type Found = Exclude<CheckedCertificates, { readonly problems: unknown }>

function newTicketKeys(): string {
  return randomBytes(TICKET_KEY_BYTES).toString('base64')
}
