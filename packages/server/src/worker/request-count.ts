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

/**
 * The calls of an application, counted. Its other members are not passed on.
 *
 * @param reached called at the call with that number; the calls go on
 */
export function countedCalls(application: Application, allowance: number, reached: () => void): Application {
  let count = 0
  return (request, context) => {
    count++
    if (count === allowance) reached()
    return application(request, context)
  }
}
