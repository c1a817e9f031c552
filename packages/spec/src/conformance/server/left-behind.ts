// What must not outlive the suite: servers run in process groups of their own, so that they can be taken away with all that they
// started, and neither a terminal's Ctrl-C nor the end of the suite's process reaches those.
import process from 'node:process'

const undone = new Set<() => void>()

/** Has `takeAway` called when the process exits before the function that is returned was called. It cannot wait for anything. */
export function takeAwayAtExit(takeAway: () => void): () => void {
  if (undone.size === 0) process.once('exit', takeAllAway)
  undone.add(takeAway)
  return () => {
    undone.delete(takeAway)
    if (undone.size === 0) process.removeListener('exit', takeAllAway)
  }
}

function takeAllAway(): void {
  for (const takeAway of undone) takeAway()
}
