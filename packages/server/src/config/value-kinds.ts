// The kinds of value that a setting can have. Each carries its check and the words that tell what it allows.
import * as v from 'valibot'
import { parseMount } from '../exchange/mount.ts'
import { accessAtoms, isAccessFormat } from '../log/access-format.ts'
import { FACILITIES, parseSyslogTarget } from '../log/syslog-target.ts'
import { parseStatsdHost } from '../metrics/statsd-address.ts'
import { FORWARDER_FIELDS, type ForwarderField } from '../proxy/forwarded/forwarded-fields.ts'
import { parseSchemeField } from '../proxy/forwarded/scheme-fields.ts'
import type { ProxyProtocol } from '../proxy/protocol/proxy-header.ts'
import { isTrustEntry } from '../proxy/trusted-peers.ts'
import { type BindAddress, parseBindAddress } from './bind-address.ts'
import { processorsToUse } from './processors.ts'

/** What a configuration file may hold for one value, in the words of JSON Schema. */
export interface FileValue {
  readonly type: FileType | readonly FileType[]
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  /** For texts; editors check it, Kirin reads the text itself. */
  readonly pattern?: string
}

type FileType = 'string' | 'integer' | 'number' | 'boolean'

/** How one value is read from text, and from a configuration file. */
export interface ValueKind<T> {
  readonly schema: v.GenericSchema<string, T>
  readonly file: FileValue
  /** The text that a number of a configuration file stands for, where that is not its decimal form. */
  readonly textOf?: (value: number) => string
  /** Completes the sentence "expected …". */
  readonly allowed: string
  /** The value of an option that is given without one, where that is permitted; the placeholder stands in brackets then. */
  readonly bare?: string
  /** What stands for the value in `--help`; nothing for a switch, which is given without a value. */
  readonly placeholder: string
}

/** A whole number in decimal digits, `minimum` and `maximum` included. */
export function wholeNumber(minimum: number, maximum: number): ValueKind<number> {
  return {
    schema: v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number), v.minValue(minimum), v.maxValue(maximum)),
    file: { type: 'integer', minimum, maximum },
    allowed: `a whole number from ${minimum} to ${maximum}`,
    placeholder: '<n>',
  }
}

/** More processes than that are a mistake on any machine. */
const MOST_WORKERS = 1024

/** A number of workers, or as many as there are processors for them. */
export const workerCount: ValueKind<number> = {
  schema: v.pipe(
    v.string(),
    v.toLowerCase(),
    v.regex(/^(?:auto|\d{1,4})$/),
    v.transform(text => (text === 'auto' ? Math.min(MOST_WORKERS, processorsToUse()) : Number(text))),
    v.minValue(1),
    v.maxValue(MOST_WORKERS),
  ),
  file: { type: ['integer', 'string'], minimum: 1, maximum: MOST_WORKERS, pattern: '^(?:[Aa][Uu][Tt][Oo]|\\d{1,4})$' },
  allowed: `a whole number from 1 to ${MOST_WORKERS}, or auto`,
  placeholder: '<n|auto>',
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** A number of bytes, `minimum` and `maximum` included; `10M` is ten mebibytes, as for nginx. */
export function bytes(minimum: number, maximum: number): ValueKind<number> {
  return {
    schema: v.pipe(
      v.string(),
      v.toUpperCase(),
      v.regex(/^\d{1,15}[KMG]?$/),
      v.transform(text => Number.parseInt(text, 10) * (UNITS[text.replace(/^\d+/, '')] ?? 1)),
      v.minValue(minimum),
      v.maxValue(maximum),
    ),
    file: { type: ['integer', 'string'], minimum, maximum, pattern: '^\\d{1,15}[KMGkmg]?$' },
    allowed: `bytes from ${minimum} to ${maximum}, in digits or with K, M or G behind them`,
    placeholder: '<bytes>',
  }
}

/** A number of seconds, fractions permitted; the value stays in seconds. */
export function seconds(minimum: number, maximum: number): ValueKind<number> {
  return {
    schema: v.pipe(
      v.string(),
      v.regex(/^\d{1,10}(?:\.\d{1,6})?$/),
      v.transform(Number),
      v.minValue(minimum),
      v.maxValue(maximum),
    ),
    file: { type: 'number', minimum, maximum },
    // Six decimals are read: 0.1 + 0.2 is 0.3 here.
    textOf: value => (Number.isFinite(value) ? value.toFixed(6) : String(value)),
    allowed: `seconds from ${minimum} to ${maximum}`,
    placeholder: '<seconds>',
  }
}

/**
 * One of a few words, in any case.
 *
 * @param words each word that is accepted, with the value it stands for
 * @param placeholder what stands for the value in `--help`
 */
export function choice<T extends string>(words: Readonly<Record<string, T>>, placeholder: string): ValueKind<T> {
  const names = Object.keys(words)
  return {
    schema: v.pipe(
      v.string(),
      v.toLowerCase(),
      v.check(word => Object.hasOwn(words, word)),
      v.transform(word => words[word] as T),
    ),
    file: { type: 'string', enum: names },
    allowed: `one of ${names.join(', ')}`,
    placeholder,
  }
}

/** Any text that is not empty and holds no control characters. */
export function text(allowed: string, placeholder: string): ValueKind<string> {
  return {
    schema: v.pipe(v.string(), v.regex(/^\P{Cc}+$/u)),
    file: { type: 'string' },
    allowed,
    placeholder,
  }
}

/** Whether something is done: an option without a value, a word in the environment. */
export const onOff: ValueKind<boolean> = {
  schema: v.pipe(
    v.string(),
    v.toLowerCase(),
    v.picklist(['on', 'true', 'yes', '1', 'off', 'false', 'no', '0']),
    v.transform(word => ['on', 'true', 'yes', '1'].includes(word)),
  ),
  file: { type: 'boolean' },
  allowed: 'on or off',
  placeholder: '',
}

/** A path in the file system; whether it can be used is found when it is used. */
export const path: ValueKind<string> = text('a path', '<path>')

/** A path, or `-` for the process's own output. */
export const logfile: ValueKind<string> = text('a path, or - for the terminal', '<path>')

/** Where syslog is. */
export const syslogTarget: ValueKind<string> = checked(
  parseSyslogTarget,
  'udp://host:port, tcp://host:port or unix:///path',
)

/** Where statsd is. */
export const statsdAddress: ValueKind<string> = checked(parseStatsdHost, 'host:port, with a port from 1 to 65535')

/** A facility of syslog by its name. */
export const syslogFacility: ValueKind<string> = choice(
  Object.fromEntries(Object.keys(FACILITIES).map(name => [name, name])),
  '<facility>',
)

/** A text that somebody else can read. */
function checked(parse: (text: string) => unknown, allowed: string): ValueKind<string> {
  return {
    schema: v.pipe(
      v.string(),
      v.check(text => parse(text) !== undefined),
    ),
    file: { type: 'string' },
    allowed,
    placeholder: '<address>',
  }
}

/** A variable of the environment with its value, which may be empty. */
export const environmentEntry: ValueKind<string> = {
  schema: v.pipe(v.string(), v.regex(/^[^=\0]+=[^\0]*$/)),
  file: { type: 'string', pattern: '^[^=]+=' },
  allowed: 'a name, = and a value',
  placeholder: '<name=value>',
}

/** Permissions that files do not get, in octal digits: `007`, `0o22`. */
export const fileMask: ValueKind<number> = {
  schema: v.pipe(
    v.string(),
    v.regex(/^0?o?[0-7]{1,3}$/),
    v.transform(mask => Number.parseInt(mask.replace('o', ''), 8)),
  ),
  file: { type: ['string', 'integer'], pattern: '^0?o?[0-7]{1,3}$', minimum: 0, maximum: 0o777 },
  textOf: mask => (Number.isInteger(mask) && mask >= 0 ? mask.toString(8) : 'none'),
  allowed: 'an octal number from 0 to 777',
  placeholder: '<mask>',
}

/** A TCP address, the path of a UNIX socket, or an inherited descriptor. */
export const bindAddress: ValueKind<BindAddress> = {
  schema: v.pipe(
    v.string(),
    v.transform(parseBindAddress),
    v.custom<BindAddress>(address => address !== undefined),
  ),
  file: { type: 'string' },
  allowed: 'host:port, [ipv6]:port, unix:path or fd://number (ports 0 to 65535, paths up to 107 bytes)',
  placeholder: '<address>',
}

/** The variable PORT, as hosts set it: a port on every interface. */
export const portOnly: ValueKind<BindAddress> = {
  schema: v.pipe(
    v.string(),
    v.regex(/^\d{1,5}$/),
    v.transform(port => parseBindAddress(`0.0.0.0:${port}`)),
    v.custom<BindAddress>(address => address !== undefined),
  ),
  file: { type: 'string' },
  allowed: 'a port from 0 to 65535',
  placeholder: '<port>',
}

/** A prefix of paths, or nothing; it ends without a slash. */
export const mount: ValueKind<string> = {
  schema: v.pipe(
    v.string(),
    v.transform(parseMount),
    v.custom<string>(prefix => prefix !== undefined),
  ),
  file: { type: 'string' },
  allowed: 'a prefix of paths such as /api, without a query',
  placeholder: '<prefix>',
}

/** A format for the lines of the access log. */
export const accessLogFormat: ValueKind<string> = {
  schema: v.pipe(v.string(), v.check(isAccessFormat)),
  file: { type: 'string' },
  allowed: `text with the atoms ${accessAtoms.map(atom => `%(${atom})s`).join(' ')} %({field}i)s %({field}o)s %({VARIABLE}e)s %%`,
  placeholder: '<format>',
}

/** Whom to trust: one entry of a list. */
export const trustEntry: ValueKind<string> = {
  schema: v.pipe(v.string(), v.check(isTrustEntry)),
  file: { type: 'string' },
  allowed: 'an IP address, a network such as 10.0.0.0/8, or * for everybody',
  placeholder: '<addresses>',
}

/** Whether connections begin with a PROXY header; the option alone takes both versions. */
export const proxyProtocol: ValueKind<'off' | ProxyProtocol> = {
  ...choice<'off' | ProxyProtocol>({ off: 'off', v1: 'v1', v2: 'v2', auto: 'auto' }, '[off|v1|v2|auto]'),
  bare: 'auto',
}

/** A field that a proxy may speak through, in any case. */
export const forwarderField: ValueKind<ForwarderField> = choice(
  Object.fromEntries(FORWARDER_FIELDS.map(name => [name, name])) as Record<ForwarderField, ForwarderField>,
  '<names>',
)

/** A field and its value that mean https. */
export const schemeField: ValueKind<string> = {
  schema: v.pipe(
    v.string(),
    v.check(text => parseSchemeField(text) !== undefined),
  ),
  file: { type: 'string' },
  allowed: 'the name of a field, = and a value',
  placeholder: '<name=value>',
}
