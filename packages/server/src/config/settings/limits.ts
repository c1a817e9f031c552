import { TEBIBYTE } from '../bounds.ts'
import type { TableOf } from '../setting.ts'
import { bytes, wholeNumber } from '../value-kinds.ts'

/** How much a client may send. */
export interface LimitSettings {
  readonly limitRequestLine: number
  readonly limitRequestFields: number
  readonly limitRequestFieldSize: number
  readonly limitRequestHead: number
  readonly limitRequestBody: number
}

/** Their part of the table. */
export const limitSettings: TableOf<LimitSettings> = {
  limitRequestLine: {
    group: 'Requests',
    flag: '--limit-request-line',
    kind: wholeNumber(64, 65_536),
    default: 4094,
    summary: 'Longest request line in bytes; longer ones are answered with 414',
  },
  limitRequestFields: {
    group: 'Requests',
    flag: '--limit-request-fields',
    kind: wholeNumber(1, 32_768),
    default: 100,
    summary: 'Most header fields in a request; more are answered with 431',
  },
  limitRequestFieldSize: {
    group: 'Requests',
    flag: '--limit-request-field-size',
    aliases: ['--limit-request-field_size'],
    kind: wholeNumber(64, 65_536),
    default: 8190,
    summary: 'Longest header field in bytes, name and value; longer ones are answered with 431',
  },
  limitRequestHead: {
    group: 'Requests',
    flag: '--limit-request-head',
    kind: bytes(256, 1024 ** 2),
    default: 65_536,
    defaultText: '64K',
    summary: 'Longest head of a request in bytes, request line and all fields; longer ones are answered with 431',
    details: 'What a connection can make Kirin keep in memory before a request is whole.',
  },
  limitRequestBody: {
    group: 'Requests',
    flag: '--limit-request-body',
    kind: bytes(0, TEBIBYTE),
    default: 0,
    defaultText: 'no limit',
    summary: 'Longest body of a request in bytes, 10M for instance; longer ones are answered with 413; 0 for no limit',
    details:
      'A body whose length is announced is refused before the application is called; one in chunks when it grows beyond: reading it then fails ' +
      'with `KIRIN_BODY_TOO_LARGE`. Bodies are streamed, so that a long one costs no memory until the application collects it.',
  },
}
