/** How often a number is looked at, in milliseconds, and how often in a row it has to be the same. */
const INTERVAL = 50
const SAME = 8

/** Resolves when a number has stopped changing: where only the absence of progress can be shown. */
export async function settled(look: () => number): Promise<number> {
  let last = look()
  for (let same = 0; same < SAME; ) {
    await new Promise(resolve => setTimeout(resolve, INTERVAL))
    const now = look()
    same = now === last ? same + 1 : 0
    last = now
  }
  return last
}
