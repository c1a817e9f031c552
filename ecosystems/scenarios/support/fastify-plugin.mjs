/** A plugin of Fastify's by its short name, in the version for the framework under test. */
export async function fastifyPlugin({ id }, name) {
  const loaded = await import(id === 'fastify4' ? `fastify4-${name}` : `@fastify/${name}`)
  return loaded.default
}

/** The packages of a scenario for each version. */
export function pluginPackages(...names) {
  return { fastify4: names.map(name => `fastify4-${name}`), fastify5: names.map(name => `@fastify/${name}`) }
}
