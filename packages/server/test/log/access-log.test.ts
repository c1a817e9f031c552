import { describe, expect, it } from '@jest/globals'
import { accessLine } from '../../src/log/access-log.ts'
import { exchangeRecord } from '../support/exchange-record.ts'

const circular: Record<string, unknown> = {}
circular['itself'] = circular

const withMessage = (descriptor: PropertyDescriptor): Error =>
  Object.defineProperty(new Error('x'), 'message', descriptor)

describe('a line of JSON', () => {
  const write = accessLine({ format: 'json', line: '' }, 3)

  it.each([
    ['the message of an error', new Error('as it is'), 'as it is'],
    ['nothing of what is no error', 'thrown', undefined],
    ['what can be said of a message that is a number too large', withMessage({ value: 10n }), 'Error: 10'],
    ['what can be said of a message that is an object', withMessage({ value: circular }), 'Error: [object Object]'],
    [
      'that nothing can be said of an error that throws when it is looked at',
      withMessage({
        get() {
          throw new Error('not for you')
        },
      }),
      'something that cannot be described',
    ],
  ])('has %s', (_name, error, expected) => {
    const line = JSON.parse(write(exchangeRecord({ error }))) as { error?: string; worker: number }
    expect(line.worker).toBe(3)
    expect(line.error?.replace(/ \(.*\)$/, '')).toBe(expected)
  })
})
