import { type FastifyApplication, serverOf } from './fastify-application.ts'

/**
 * Closes an application in Fastify's order: preClose hooks, then the requests under way, then onClose hooks. Fastify waits for the
 * requests in `server.close`; here they are the gateway's, and it says that they are over by calling `shutdown`.
 */
export class Closing {
  readonly #application: FastifyApplication
  #closed: PromiseLike<unknown> | undefined
  #requestsOver: (() => void) | undefined

  constructor(application: FastifyApplication) {
    this.#application = application
  }

  /**
   * Begins to close as soon as the worker is to stop, where there may be WebSockets: the hooks that end them are preClose hooks, and
   * without those the worker would wait for them. Otherwise an application is not closed before its last response: once closing, Fastify
   * answers 503.
   */
  watch(draining: AbortSignal): void {
    const server = serverOf(this.#application)
    if (server === undefined || server.listenerCount('upgrade') === 0) return
    const begin = (): void => {
      const { close } = server
      const over = new Promise<void>(resolve => {
        this.#requestsOver = resolve
      })
      server.close = callback => {
        void over.then(() => close.call(server, callback))
        return server
      }
      this.#closed = this.#application.close()
      // Whoever awaits `finish` gets the failure.
      this.#closed.then(undefined, () => {})
    }
    if (draining.aborted) begin()
    else draining.addEventListener('abort', begin, { once: true })
  }

  /** Closes what is not closed yet; rejects with what a hook failed with. */
  async finish(): Promise<void> {
    this.#requestsOver?.()
    await (this.#closed ?? this.#application.close())
  }
}
