// What a campaign found: enough to see it, replay it, and put it into the corpus.
import type { Observation } from '../observation.ts'
import { escape, formatCorpusFile } from '../stream-text.ts'

export interface Finding {
  /** What is wrong, in a few words. */
  readonly what: string
  /** How to get it again: the campaign's name, its seed and the case. */
  readonly source: string
  /** The bytes, as latin1. */
  readonly stream: string
  /** How long each read was. */
  readonly reads: readonly number[]
  /** What each party made of it. */
  readonly observations: Readonly<Record<string, Observation>>
}

/** A finding as a file for corpus/. */
export function corpusFileOf({ what, source, stream, reads, observations }: Finding): string {
  const parties = Object.entries(observations).map(([name, observation]) => `${name}: ${describe(observation)}`)
  return formatCorpusFile({ notes: [what, `found by: ${source}, in reads of ${reads.join(' ')}`, ...parties], stream })
}

/** An observation in one line. */
export function describe({ requests, end, reason }: Observation): string {
  const list = requests.map(
    ({ method, target, body, whole }) =>
      `${escape(`${method} ${target}`)}${body === '' ? '' : ` ${escape(JSON.stringify(body)).slice(0, 80)}`}${whole ? '' : ' (broken off)'}`,
  )
  return [...list, reason === '' ? end : `${end} (${reason})`].join(', ')
}
