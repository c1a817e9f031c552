// A request in parts, each of which can be made wrong by itself, and its bytes.

/** A field line: `name colon gap value after end`. */
export interface DraftField {
  name: string
  colon: string
  gap: string
  value: string
  after: string
  end: string
}

/** A chunk: `size extension sizeEnd data dataEnd`; the last one has no data. */
export interface DraftChunk {
  size: string
  extension: string
  sizeEnd: string
  data: string
  dataEnd: string
}

/** A request: all of its bytes stand in these, as latin1. */
export interface Draft {
  /** What comes before the request line. */
  before: string
  method: string
  firstSpace: string
  target: string
  secondSpace: string
  version: string
  lineEnd: string
  fields: DraftField[]
  headEnd: string
  /** The content of a body that is not chunked. */
  content: string
  /** The chunks of one that is, the last one (of size 0) included. */
  chunks: DraftChunk[]
  trailers: DraftField[]
  /** What ends the trailers of a chunked body. */
  bodyEnd: string
}

/** A field line in its ordinary form. */
export function field(name: string, value: string): DraftField {
  return { name, colon: ':', gap: ' ', value, after: '', end: '\r\n' }
}

/** The bytes of a request. */
export function bytesOf(draft: Draft): string {
  const { before, method, firstSpace, target, secondSpace, version, lineEnd, headEnd, content, bodyEnd } = draft
  const line = before + method + firstSpace + target + secondSpace + version + lineEnd
  const chunks = draft.chunks.map(one => one.size + one.extension + one.sizeEnd + one.data + one.dataEnd).join('')
  return line + lines(draft.fields) + headEnd + content + chunks + lines(draft.trailers) + bodyEnd
}

function lines(fields: readonly DraftField[]): string {
  return fields.map(one => one.name + one.colon + one.gap + one.value + one.after + one.end).join('')
}
