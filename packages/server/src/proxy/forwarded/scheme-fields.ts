// gunicorn's `secure_scheme_headers`: fields whose value says that the client came by https.

/** A field and the value that means https. */
export interface SchemeField {
  /** In lower case. */
  readonly name: string
  /** In lower case. */
  readonly secureValue: string
}

/** Reads `X-Forwarded-Proto=https`; `undefined` for anything that is not a field's name, `=` and a value. */
export function parseSchemeField(text: string): SchemeField | undefined {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) return undefined
  return { name: name.toLowerCase(), secureValue: value.toLowerCase() }
}
