// Which of a few names occur in a head, found before any string is cut.

/** Where the names of a head are: offsets into its text and, from `base` on, into the bytes it was made of. */
export interface RecordedNames {
  readonly view: DataView
  readonly base: number
  /** Four offsets a field, of which the first two are of its name; valid up to `spanEnd`. */
  readonly spans: Int32Array
  readonly spanEnd: number
}

/** A set of field names, to be looked for in the offsets that the parser recorded, or among names. */
export class FieldNames {
  /** The names of each length, in lower case. */
  private readonly byLength: (readonly string[])[] = []
  /** Whether one of them begins with that byte: most fields of a request are told apart by it. */
  private readonly firstBytes = new Uint8Array(256)

  constructor(names: Iterable<string>) {
    for (const name of names) {
      const lower = name.toLowerCase()
      while (this.byLength.length <= lower.length) this.byLength.push([])
      this.byLength[lower.length] = [...(this.byLength[lower.length] ?? []), lower]
      for (const first of [lower, lower.toUpperCase()]) this.firstBytes[first.charCodeAt(0)] = 1
    }
  }

  /** Whether one of them is the name of a field. */
  occurIn(text: string, { view, base, spans, spanEnd }: RecordedNames): boolean {
    const { firstBytes } = this
    for (let i = 0; i < spanEnd; i += 4) {
      const start = spans[i] as number
      if (firstBytes[view.getUint8(base + start)] === 0) continue
      if (this.find(text.slice(start, spans[i + 1])) !== undefined) return true
    }
    return false
  }

  /** The name as it stands in the set, in lower case; `undefined` for one that does not. */
  find(name: string): string | undefined {
    if (this.firstBytes[name.charCodeAt(0)] === 0 || name.length >= this.byLength.length) return undefined
    const candidates = this.byLength[name.length] as readonly string[]
    if (candidates.length === 0) return undefined
    const lower = name.toLowerCase()
    return candidates.includes(lower) ? lower : undefined
  }
}
