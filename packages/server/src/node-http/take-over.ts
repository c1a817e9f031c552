// Where a program's listening ends when a worker runs it (`kirin run`): with the worker instead of node:net.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Who takes servers over. */
export interface TakeOver {
  /** A server is to listen. True when that is taken care of. */
  listen(server: Server, given: readonly unknown[]): boolean
  /** A server is to close. True when that is taken care of. */
  close(server: Server, callback: unknown): boolean
  /** Where a server listens, `null` where it does not yet; `undefined` for one that was not taken over. */
  address(server: Server): AddressInfo | string | null | undefined
}

/** Set once, before the program is loaded. */
export const takeOver: { current: TakeOver | undefined } = { current: undefined }
