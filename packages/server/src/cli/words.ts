// Splits KIRIN_CMD_ARGS as a shell would split a command line, without expanding anything.

/** A run of plain text, a quoted text, or a backslash and what it protects. */
const PART = /(?<space>\s+)|'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)|(?<plain>[^\s'"\\]+)/gsy

/**
 * Splits text into words: at white space, with '…' taken literally, and a backslash protecting the next character
 * outside of single quotes.
 *
 * @returns the words, or `undefined` when a quote is not closed
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let end = 0
  for (const { 0: whole, groups = {}, index } of text.matchAll(PART)) {
    end = index + whole.length
    if (groups['space'] !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    const { single, double, escaped, plain } = groups
    word = (word ?? '') + (single ?? double?.replaceAll(/\\(.)/gs, '$1') ?? escaped ?? plain ?? '')
  }
  if (end !== text.length) return undefined
  return word === undefined ? words : [...words, word]
}
