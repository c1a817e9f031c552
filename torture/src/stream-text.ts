// Streams of bytes as text that a person can read and edit: what the files of corpus/ are made of.

/** A stream of a corpus file. */
export interface CorpusEntry {
  /** What stands behind `#` at the start of lines: what it is, where it came from, what it showed. */
  readonly notes: readonly string[]
  /** The bytes, as latin1. */
  readonly stream: string
}

/**
 * Reads a corpus file: lines that begin with `#` are notes; of the others, the line ends of the file mean nothing and
 * `\r`, `\n`, `\t`, `\0`, `\\` and `\xHH` mean bytes. Throws for any other escape, and for characters above 0x7E.
 */
export function parseCorpusFile(text: string): CorpusEntry {
  const lines = text.split('\n')
  const notes = lines.filter(line => line.startsWith('#')).map(line => line.slice(1).trim())
  const body = lines.filter(line => !line.startsWith('#')).join('')
  if (/[^\x20-\x7e]/.test(body)) throw new Error('a corpus file holds printable ASCII alone: write \\xHH')
  return { notes, stream: unescape(body) }
}

/** The corpus file of a stream; a line of the file for each line of the stream. */
export function formatCorpusFile({ notes, stream }: CorpusEntry): string {
  const body = escape(stream)
    .replaceAll('\\n', '\\n\n')
    .split('\n')
    // A line that looks like a note would be taken for one.
    .map(line => (line.startsWith('#') ? `\\x23${line.slice(1)}` : line))
    .join('\n')
  return `${[...notes.map(note => `# ${note}`), body.replace(/\n$/, '')].join('\n')}\n`
}

/** Bytes (as latin1) in printable ASCII. */
export function escape(stream: string): string {
  return stream.replace(/[^\x20-\x5b\x5d-\x7e]/g, character => {
    const known = ESCAPES.get(character)
    return known ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}

function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|[\s\S]?)/g, (whole, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    const known = UNESCAPES.get(whole)
    if (known === undefined) throw new Error(`unknown escape ${JSON.stringify(whole)}`)
    return known
  })
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\r', '\\r'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\0', '\\0'],
  ['\\', '\\\\'],
])
const UNESCAPES: ReadonlyMap<string, string> = new Map([...ESCAPES].map(([character, text]) => [text, character]))
