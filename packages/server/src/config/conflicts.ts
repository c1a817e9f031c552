// Settings that are right by themselves and impossible together.
import { formatBindAddress } from './bind-address.ts'
import type { Settings } from './settings.ts'

/** One line for the operator, which names the options, for each thing that does not go together. */
type Rule = (settings: Settings) => readonly string[]

/** Each looks at all settings with their final values; none is asked while any of these is wrong by itself. */
const rules: readonly Rule[] = [sameAddressTwice, bounds]

/** Everything that does not go together, a line each. */
export function conflictsIn(settings: Settings): readonly string[] {
  return rules.flatMap(rule => rule(settings))
}

function bounds({ workersMin, workersMax }: Settings): readonly string[] {
  if (workersMax === 0 || workersMin <= workersMax) return []
  return [`--workers-min: ${workersMin} is more than ${workersMax} (--workers-max)`]
}

/** The first Node whose libuv binds a port more than once. */
const REUSE_PORT_SINCE = [22, 12] as const

/** What this Node cannot do of what the settings ask for, a line each. */
export function unsupportedIn(settings: Settings): readonly string[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [sinceMajor, sinceMinor] = REUSE_PORT_SINCE
  const isKnown = major > sinceMajor || (major === sinceMajor && minor >= sinceMinor)
  if (!settings.reusePort || isKnown) return []
  return [`--reuse-port: needs Node ${sinceMajor}.${sinceMinor} or later, this is ${process.version}`]
}

/** Port 0 is another port each time. */
function sameAddressTwice({ bind }: Settings): readonly string[] {
  const addresses = bind.filter(address => address.type !== 'tcp' || address.port !== 0).map(formatBindAddress)
  const twice = new Set(addresses.filter((address, index) => addresses.indexOf(address) < index))
  return [...twice].map(address => `--bind: ${address} is given twice`)
}
