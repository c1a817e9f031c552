// Which of several certificates a client gets, by the name it asks for (SNI, RFC 6066 §3).
import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { TlsMaterial } from '../../ipc/messages.ts'
import { contextOptions } from './context-options.ts'

interface Choice {
  readonly certificate: X509Certificate
  readonly context: SecureContext
}

/**
 * Makes the choice between the certificates: the first whose names hold the one asked for, one that spells it out going before a wildcard; else
 * the first of all.
 */
export function certificateChoice(material: TlsMaterial): (servername: string) => SecureContext {
  const choices = material.certificates.map(
    (pair): Choice => ({
      certificate: new X509Certificate(pair.cert),
      context: createSecureContext(contextOptions(material, pair)),
    }),
  )
  const first = choices[0] as Choice
  return servername => {
    let best: Choice | undefined
    for (const choice of choices) {
      const matched = choice.certificate.checkHost(servername)
      if (matched === undefined) continue
      if (!matched.startsWith('*')) return choice.context
      best ??= choice
    }
    return best?.context ?? first.context
  }
}
