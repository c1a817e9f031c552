// What a configuration file imports, read anew at a reload: Node keeps each module under its address for as long as the process lives, so
// each of them gets another address.
import nodeModule, { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** What is used of Node's hooks for the loading of modules, which it has from 22.15 on. */
interface ModuleHooks {
  registerHooks(hooks: { resolve: Resolve }): { deregister(): void }
}

type Resolve = (
  specifier: string,
  context: { readonly conditions: readonly string[]; readonly parentURL?: string | undefined },
  next: (specifier: string, context: unknown) => Resolved,
) => Resolved

interface Resolved {
  readonly url: string
  readonly format?: string | null | undefined
}

/**
 * From now on until the returned function is called, whatever the module imports or requires, itself or through others, is loaded anew.
 * Packages are left alone: they change with an upgrade (USR2). Once loaded, the older modules stay in memory with what they hold.
 *
 * @param path of the module, absolute
 * @param load tells this load from the ones before
 * @returns `undefined` where Node has no such hooks: there it all comes out of the cache
 */
export function freshenImports(path: string, load: string): (() => void) | undefined {
  const { registerHooks } = nodeModule as Partial<ModuleHooks>
  if (registerHooks === undefined) return undefined
  const require = createRequire(path)
  const fresh = new Set([path])
  const resolve: Resolve = (specifier, context, next) => {
    const found = next(specifier, context)
    const from = fileOf(context.parentURL)
    const to = fileOf(found.url)
    if (from === undefined || to === undefined || !fresh.has(from) || to.includes('/node_modules/')) return found
    // Only once: who else imports it is to have the same.
    if (!fresh.has(to)) Reflect.deleteProperty(require.cache, to)
    fresh.add(to)
    if (context.conditions.includes('require')) return found
    const address = pathToFileURL(to)
    address.searchParams.set('load', load)
    return { ...found, url: address.href }
  }
  const hooks = registerHooks({ resolve })
  return () => hooks.deregister()
}

function fileOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') === true ? fileURLToPath(url) : undefined
}
