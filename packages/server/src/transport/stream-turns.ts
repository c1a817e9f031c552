// Whose body goes on: bodies whose clients read as fast as they are made share the time of the event loop, and leave some for all others.
//
// Without a bound one of them would hold the loop until its end, and for ever if it has none. A small bound is dear: the kernel works longer
// for each write where connections alternate (docs/performance.md).
import { setImmediate } from 'node:timers'

/** Milliseconds of one turn of the event loop that are for such bodies, all of them together: then all others have theirs. */
const A_TURN = 4

/** How many have waited for their turn, and how many of them have had it: they have it in the order in which they came. */
let tickets = 0
let served = 0
/** Until when the turn of whoever was served last goes on, on the clock of `performance.now()`. */
let until = 0
/** Counts the turns of the event loop in which somebody waited. */
let phase = 0

/** Whether the turn that was waited for with this ticket has come and goes on. */
export function hasTurn(ticket: number): boolean {
  return ticket === served - 1 && performance.now() < until
}

/** Calls `more` when it is its turn: in a later turn of the event loop, after all that waited before. Returns its ticket. */
export function awaitTurn(more: () => void): number {
  setImmediate(takeTurn, more, tickets, phase)
  return tickets++
}

// Each waits with an immediate of its own, which keeps its asynchronous context.
function takeTurn(more: () => void, ticket: number, armedIn: number): void {
  const now = performance.now()
  if (armedIn === phase) {
    // The first in this turn of the loop: whoever waits from now on has the next one.
    phase++
    until = now + A_TURN
  }
  if (ticket !== served || now >= until) setImmediate(takeTurn, more, ticket, phase)
  else {
    served++
    more()
  }
}
