// A connection that the application has taken over: calls its `upgrade`, and tells how it ended (NSGI UPG-02, UPG-05).
import { types } from 'node:util'
import type { GatewayResponse } from '@nsgi/spec'
import { KirinError } from './errors.ts'
import type { PlannedResponse } from './planned-response.ts'
import type { HandedOver } from './wire.ts'

export class Handover {
  private readonly handed: HandedOver
  private readonly report: (error: unknown) => void
  private failure: unknown

  /** `report` is told what `upgrade` throws. */
  constructor(handed: HandedOver, report: (error: unknown) => void) {
    this.handed = handed
    this.report = report
  }

  /** Bytes that the application has written. */
  get bytes(): number {
    return this.handed.bytes
  }

  /** Gives the stream to the application. What that throws, at once or by a promise, destroys the stream. */
  begin(response: GatewayResponse, { upgrade }: PlannedResponse): void {
    try {
      const result: unknown = (upgrade as NonNullable<typeof upgrade>).call(response, this.handed.stream)
      if (types.isPromise(result)) result.then(undefined, thrown => this.failed(thrown))
    } catch (thrown) {
      this.failed(thrown)
    }
  }

  /** What the response's `finished` is told now that the connection has closed, because of `cause` if of an error. */
  outcome(cause: unknown): unknown {
    if (this.failure !== undefined) return this.failure
    if (cause === undefined && this.handed.isWhole) return undefined
    return new KirinError('KIRIN_UPGRADE_CUT', { cause })
  }

  private failed(thrown: unknown): void {
    const error = thrown ?? new KirinError('KIRIN_NOTHING_THROWN')
    this.failure ??= error
    this.report(error)
    this.handed.stream.destroy()
  }
}
