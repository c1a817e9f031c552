// Calls hooks so that what they throw is told by name and does no more harm than it must.
import { types } from 'node:util'
import type { Logger } from '@nsgi/spec'
import { describeThrown } from '../log/describe-thrown.ts'

/** A hook threw, or took too long. The message names the hook, and what it threw and where. */
export class HookError extends Error {
  override readonly name = 'HookError'
  readonly code = 'KIRIN_HOOK_FAILED'
}

type AnyHook = (...values: never[]) => unknown

/** What a hook takes after its subject. */
type Rest<Hook> = Hook extends (subject: never, ...rest: infer Values) => unknown ? Values : never

/**
 * The hooks of one configuration file for one process.
 *
 * `H` is `MasterHooks` or `WorkerHooks`. A hook that is not set costs a look into an object.
 */
export class HookRunner<H extends { readonly [Name in keyof H]?: AnyHook }> {
  readonly #hooks: H
  readonly #subject: unknown
  readonly #log: Logger

  /** @param subject what every hook gets first */
  constructor(hooks: H, { subject, log }: { readonly subject: unknown; readonly log: Logger }) {
    this.#hooks = hooks
    this.#subject = subject
    this.#log = log
  }

  /** Whether it is set. */
  has(name: keyof H): boolean {
    return this.#hooks[name] !== undefined
  }

  /**
   * Calls a hook and goes on: what it throws is in the log, and so is what a promise of its is rejected with, later.
   *
   * @returns what it threw at once, for whoever must not go on after that
   */
  call<Name extends keyof H & string>(name: Name, ...values: Rest<NonNullable<H[Name]>>): HookError | undefined {
    try {
      const result = this.#invoke(name, values)
      if (types.isPromise(result)) result.catch((thrown: unknown) => this.#report(name, thrown))
      return undefined
    } catch (thrown) {
      return this.#report(name, thrown)
    }
  }

  /**
   * Calls a hook and waits for it.
   *
   * @throws HookError when it threw; nothing is logged then
   */
  async run<Name extends keyof H & string>(name: Name, ...values: Rest<NonNullable<H[Name]>>): Promise<void> {
    try {
      await this.#invoke(name, values)
    } catch (thrown) {
      throw failure(name, thrown)
    }
  }

  /**
   * The same for no longer than so many milliseconds; what the hook does later is of no interest.
   *
   * @throws HookError also when it has not ended by then
   */
  async runWithin<Name extends keyof H & string>(
    limit: number,
    name: Name,
    ...values: Rest<NonNullable<H[Name]>>
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const message = `the hook ${name} has not ended within ${limit / 1000} s, and is not waited for any more`
      timer = setTimeout(() => reject(new HookError(message)), limit).unref()
    })
    await Promise.race([this.run(name, ...values), late]).finally(() => clearTimeout(timer))
  }

  #invoke(name: keyof H, values: readonly unknown[]): unknown {
    const hook = this.#hooks[name] as ((...all: readonly unknown[]) => unknown) | undefined
    return hook?.(this.#subject, ...values)
  }

  #report(name: string, thrown: unknown): HookError {
    const error = failure(name, thrown)
    this.#log.error(thrown instanceof Error ? { err: thrown } : {}, error.message)
    return error
  }
}

function failure(name: string, thrown: unknown): HookError {
  return new HookError(`the hook ${name} failed: ${describeThrown(thrown)}`, { cause: thrown })
}
