// What a configuration file imports, read anew at a reload: Node keeps each module under its address for as long as the process lives. So
// CommonJS modules are taken out of the cache, and the others get another address.
import { realpathSync } from 'node:fs'
import nodeModule, { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** What is used of Node's hooks for the loading of modules, which it has from 22.15 on. */
interface ModuleHooks {
  registerHooks(hooks: { resolve: Resolve }): { deregister(): void }
}

type Resolve = (
  specifier: string,
  context: { readonly parentURL?: string | undefined },
  next: (specifier: string, context: unknown) => Resolved,
) => Resolved

interface Resolved {
  readonly url: string
  readonly format?: string | null | undefined
}

/**
 * From now on until the returned function is called, whatever the module imports or requires, itself or through others, is loaded anew.
 * Packages are left alone: they change with an upgrade (USR2). Once loaded, the older modules stay in memory with what they hold. Where
 * Node has no hooks, that is so of CommonJS modules which are required by such alone.
 *
 * @param path of the module, absolute
 * @param load tells this load from the ones before
 */
export function freshenImports(path: string, load: string): () => void {
  forgetRequired(createRequire(path).cache)
  const { registerHooks } = nodeModule as Partial<ModuleHooks>
  // Node names what is imported after its real path.
  const fresh = new Set([path, realpathSync(path)])
  const resolve: Resolve = (specifier, context, next) => {
    const found = next(specifier, context)
    const from = fileOf(context.parentURL)
    const to = fileOf(found.url)
    if (from === undefined || to === undefined || !fresh.has(from) || isPackaged(to)) return found
    fresh.add(to)
    const address = pathToFileURL(to)
    address.searchParams.set('load', load)
    return { ...found, url: address.href }
  }
  try {
    const hooks = registerHooks?.({ resolve })
    return () => hooks?.deregister()
  } catch {
    // Whoever runs this (a test runner) has a loader of its own, and refuses.
    return () => undefined
  }
}

/**
 * All of it at once: Node remembers what each `require` led to, and asks no hook again while that is in the cache. In a master, only its
 * configuration is made of such modules; whoever holds one keeps it.
 */
function forgetRequired(cache: NodeJS.Dict<NodeJS.Module>): void {
  for (const path of Object.keys(cache)) if (!isPackaged(path)) Reflect.deleteProperty(cache, path)
}

function isPackaged(path: string): boolean {
  return path.includes('/node_modules/')
}

function fileOf(url: string | undefined): string | undefined {
  return url?.startsWith('file:') === true ? fileURLToPath(url) : undefined
}
