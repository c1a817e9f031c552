// Who is loaded after whom within a round.

/** A number of turns for each, back and forth: none always comes behind the same one, and none is always the first. */
export function inTurns<Item>(items: readonly Item[], turns: number): readonly Item[] {
  return Array.from({ length: turns }, (_, turn) => (turn % 2 === 0 ? items : items.toReversed())).flat()
}
