// Which of a few names occur in a head, found before any string is cut.

/** A set of field names, to be looked for in the offsets that the parser recorded. */
export class FieldNames {
  /** The names of each length, in lower case. */
  private readonly byLength: (readonly string[] | undefined)[] = []

  constructor(names: Iterable<string>) {
    for (const name of names) {
      const lower = name.toLowerCase()
      while (this.byLength.length <= lower.length) this.byLength.push(undefined)
      this.byLength[lower.length] = [...(this.byLength[lower.length] ?? []), lower]
    }
  }

  /** Whether one of them is the name of a field; `spans` as in `RecordedHead`. */
  occurIn(text: string, spans: Int32Array, spanEnd: number): boolean {
    const { byLength } = this
    for (let i = 0; i < spanEnd; i += 4) {
      const start = spans[i] as number
      const end = spans[i + 1] as number
      if (end - start >= byLength.length) continue
      const candidates = byLength[end - start]
      if (candidates?.includes(text.slice(start, end).toLowerCase())) return true
    }
    return false
  }
}
