const LONGEST_NAME = 24
const LONGEST_TEXT = 500

/** What a client says: `{"name": …, "text": …}`. Cut to the length that is shown; `undefined` if it is anything else. */
export function parseSaid(json) {
  let said
  try {
    said = JSON.parse(json)
  } catch {
    return undefined
  }
  const name = trimmed(said?.name, LONGEST_NAME)
  const text = trimmed(said?.text, LONGEST_TEXT)
  return name === undefined || text === undefined ? undefined : { name, text }
}

function trimmed(value, longest) {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  return Array.from(value.trim()).slice(0, longest).join('')
}
