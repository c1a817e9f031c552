// Fastify's onListen hooks. It runs them at the end of its own `listen`, which is not called here, and has no other way to them:
// they are found under the symbols where versions 4 and 5 keep them.
import type { FastifyApplication } from './fastify-application.ts'

/** A hook takes a callback, or returns a promise, or nothing. */
type Hook = (this: Instance, done?: (error?: unknown) => void) => unknown

/** An application, or what a plugin gets of it. */
interface Instance {
  readonly log: { error(error: unknown): void }
}

/**
 * Runs the hooks as Fastify does: those of an instance one after the other, then those of each of its plugins, beside one another. What
 * one of them fails with is logged, and stops nothing.
 */
export function runListenHooks(application: FastifyApplication): void {
  void runHooksOf(application as unknown as Instance)
}

async function runHooksOf(instance: Instance): Promise<void> {
  for (const hook of hooksOf(instance)) {
    const failure = await failureOf(hook, instance)
    if (failure) instance.log.error(failure)
  }
  const children = kept(instance, 'fastify.children') as readonly Instance[] | undefined
  for (const child of children ?? []) void runHooksOf(child)
}

function hooksOf(instance: Instance): readonly Hook[] {
  return (kept(instance, 'fastify.hooks') as { readonly onListen?: readonly Hook[] } | undefined)?.onListen ?? []
}

function kept(instance: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(instance).find(symbol => symbol.description === description)
  return key && (instance as Readonly<Record<symbol, unknown>>)[key]
}

/** What a hook threw, rejected with or was called back with; nothing where it did not fail. */
async function failureOf(hook: Hook, instance: Instance): Promise<unknown> {
  try {
    if (hook.length === 1) return await new Promise(resolve => void hook.call(instance, resolve))
    await hook.call(instance)
    return undefined
  } catch (error) {
    return error
  }
}
