// The Forwarded field, to the letter of RFC 7239 §4.
//
// Our own and not `forwarded-parse`: a parameter given twice in an element is refused (§4), and an element that says nothing
// is told from one that is not there.

/** One proxy's words: what it was told by the hop before it. Values are without quotes, as they stand. */
export interface ForwardedElement {
  readonly for?: string
  readonly by?: string
  readonly host?: string
  readonly proto?: string
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"

/** RFC 9110 §5.6.4; the two alternatives have no character in common, so that nothing is tried twice. */
const QUOTED = '"(?<quoted>(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*)"'

/** A parameter and its value, semicolons (the grammar allows empty parameters), and what ends an element, if it does. */
const PAIR = `[ \\t]*(?<name>${TOKEN})=(?:(?<token>${TOKEN})|${QUOTED})[ \\t]*(?<semicolons>(?:;[ \\t]*)*)(?<end>,|$|)`

/**
 * Parses a field's value, several lines joined by commas. White space around the separators is tolerated.
 *
 * @returns an element for each proxy, the nearest one last; `undefined` where the syntax is broken. Unknown
 *   parameters are skipped (§5.5).
 */
export function parseForwarded(value: string): readonly ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = []
  let element: Record<string, string> = Object.create(null) as Record<string, string>
  const pair = new RegExp(PAIR, 'y')
  for (;;) {
    const groups = pair.exec(value)?.groups
    if (groups === undefined) return undefined
    const name = (groups['name'] as string).toLowerCase()
    if (element[name] !== undefined) return undefined
    element[name] = groups['token'] ?? (groups['quoted'] as string).replace(/\\(.)/g, '$1')
    const isLast = pair.lastIndex === value.length && groups['end'] === ''
    if (!isLast && groups['end'] === '') {
      if (groups['semicolons'] === '') return undefined
      continue
    }
    elements.push(element)
    if (isLast) return elements
    element = Object.create(null) as Record<string, string>
  }
}
