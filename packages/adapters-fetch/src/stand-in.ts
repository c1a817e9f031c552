// Objects that stand in for one of the platform's: what is asked of them most they know themselves, for anything else the real one is made.

/** What a stand-in does by itself, and how it finds the object that it stands for. */
export interface StandIn {
  /** Members that it has by itself, while there is no real object. Every other one is read from that. */
  readonly getters: Readonly<Record<string, (self: never) => unknown>>
  readonly methods: Readonly<Record<string, (self: never) => unknown>>
  /** Getters that stay its own when there is a real object: what was read before is the same then. */
  readonly constants: Readonly<Record<string, (self: never) => unknown>>
  /** The real object, made now if there is none. */
  real(self: object): object
  /** Whether there is one. */
  isMade(self: object): boolean
}

/** A prototype for objects that stand in for such as `sample`, which also has the symbols under which the platform looks for their state. */
export function standInPrototype(sample: object, standIn: StandIn): object {
  const base = Object.getPrototypeOf(sample) as object
  const result = Object.create(base) as object
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(base))) {
    if (name === 'constructor') continue
    if (typeof descriptor.value === 'function')
      Object.defineProperty(result, name, { ...descriptor, value: method(name, standIn) })
    else if (descriptor.get) Object.defineProperty(result, name, { ...descriptor, get: getter(name, standIn) })
  }
  for (const key of Object.getOwnPropertySymbols(sample)) {
    const get = function (this: object): unknown {
      return (standIn.real(this) as Readonly<Record<symbol, unknown>>)[key]
    }
    Object.defineProperty(result, key, { get, configurable: true })
  }
  return result
}

type Member = (self: object) => unknown

function own(members: StandIn['getters'], name: string): Member | undefined {
  return Object.hasOwn(members, name) ? (members[name] as Member) : undefined
}

function getter(name: string, { getters, constants, real, isMade }: StandIn): (this: object) => unknown {
  const constant = own(constants, name)
  if (constant !== undefined) {
    return function () {
      return constant(this)
    }
  }
  const get = own(getters, name)
  return function () {
    return get !== undefined && !isMade(this) ? get(this) : Reflect.get(real(this), name)
  }
}

function method(name: string, { methods, real, isMade }: StandIn): (this: object, ...given: unknown[]) => unknown {
  const call = own(methods, name)
  return function (...given) {
    if (call !== undefined && !isMade(this)) return call(this)
    return (real(this) as Readonly<Record<string, (...all: unknown[]) => unknown>>)[name]?.(...given)
  }
}
