// When a worker has served as many requests as it should (--max-requests).
import type { Application } from '@nsgi/spec'
import type { WorkerSettings } from '../ipc/messages.ts'

/**
 * After how many requests a worker is to be replaced.
 *
 * @param random from 0 to 1: workers that started together need not all be replaced together
 * @returns `Infinity` for never
 */
export function requestAllowance(
  { maxRequests, maxRequestsJitter }: Pick<WorkerSettings, 'maxRequests' | 'maxRequestsJitter'>,
  random: number,
): number {
  if (maxRequests === 0) return Number.POSITIVE_INFINITY
  return maxRequests + Math.floor(random * (maxRequestsJitter + 1))
}

/** An application whose calls are counted. */
export interface CountedApplication {
  /** Its other members are not passed on. */
  readonly application: Application
  /** How often it was called. */
  readonly count: number
}

/**
 * Counts the calls of an application.
 *
 * @param reached called at the call with that number; the calls go on
 */
export function countedCalls(application: Application, allowance: number, reached: () => void): CountedApplication {
  let count = 0
  return {
    application: (request, context) => {
      count++
      if (count === allowance) reached()
      return application(request, context)
    },
    get count() {
      return count
    },
  }
}
