// What JSON lets through and a terminal obeys.

/** DEL, the C1 controls (0x9b begins what moves a cursor), and two separators that some take for ends of lines. */
const LEFT_ALONE = /[\u007f-\u009f\u2028\u2029]/g

/** Writes as `\uXXXX` what `JSON.stringify` leaves as it is although it is no text: the JSON means the same. */
export function escapeControls(json: string): string {
  return json.replace(LEFT_ALONE, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
