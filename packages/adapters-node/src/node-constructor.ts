// Constructors of objects that are node's own messages but are born with a prototype of our choice.

type Constructor<Parameters extends unknown[], Message> = new (...parameters: Parameters) => Message

/** One of node's message classes: a plain function, so that it can initialise an object that it did not make. */
export interface NodeMessageClass<Parameters extends unknown[], Message> extends Constructor<Parameters, Message> {
  readonly prototype: Message & object
}

/** What initialises a new message: it calls node's own function on it first. */
export type Initialise<Parameters extends unknown[]> = (this: object, ...parameters: Parameters) => void

/**
 * Makes a constructor whose objects have `prototype`, which must be node's own or inherit from it; a TypeError otherwise.
 *
 * Why not a class: a class cannot be given a foreign prototype, an object that is moved to another one costs 0.1 µs on
 * Node 20 and 0.75 µs on Node 24 and is slow ever after, and `Reflect.construct` with a foreign `new.target` 20 µs.
 * Standing in the chain of node's function makes V8 count that one's fields, too, when it sizes the object:
 * without it they overflow, for the same 0.7 µs. With both, 50 ns: what the class itself costs.
 */
export function nodeConstructor<Parameters extends unknown[], Message extends object>(
  base: NodeMessageClass<never[], Message>,
  prototype: object,
  initialise: Initialise<Parameters>,
): Constructor<Parameters, Message> {
  if (prototype !== base.prototype && !base.prototype.isPrototypeOf(prototype)) {
    throw new TypeError(`The prototype does not inherit from http.${base.name}.prototype`)
  }
  const constructor = Object.setPrototypeOf(initialise, base) as { prototype: object }
  constructor.prototype = prototype
  return constructor as unknown as Constructor<Parameters, Message>
}

/** Calls node's constructor on an object that exists already. */
export function callBase(base: unknown, message: object, parameter: object): void {
  ;(base as (this: object, parameter: object) => void).call(message, parameter)
}
