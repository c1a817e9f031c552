import { describe, expect, it } from '@jest/globals'
import { compare, type Observation, type StreamEnd } from '../src/observation.ts'

/** `a`, `b+` with a body, `c-` with one that broke off. */
function saw(names: string, end: StreamEnd = 'ended'): Observation {
  const requests = names
    .split(' ')
    .filter(name => name !== '')
    .map(name => ({ method: 'GET', target: name.charAt(0), body: name.slice(1), whole: !name.endsWith('-') }))
  return { requests, end, reason: '' }
}

describe('two observations', () => {
  it.each([
    ['same', 'equal requests', saw('a b+'), saw('a b+')],
    ['same', 'equal requests and both refuse', saw('a', 'refused'), saw('a', 'refused')],
    ['kirin-refuses', 'Kirin minds what is behind', saw('a', 'refused'), saw('a')],
    ['kirin-refuses', 'Kirin refuses the second', saw('a', 'refused'), saw('a b')],
    ['kirin-refuses', 'Kirin refuses within the body', saw('a x-'.replace('x', 'b'), 'refused'), saw('a b-xyz')],
    ['peer-refuses', 'the peer refuses the second', saw('a b'), saw('a', 'refused')],
    ['differ', 'Kirin sees more', saw('a b'), saw('a')],
    ['differ', 'the peer sees more and Kirin closed', saw('a', 'closed'), saw('a b')],
    ['differ', 'another target', saw('a'), saw('b')],
    ['differ', 'another body', saw('a1'), saw('a2')],
    ['differ', 'another body, and a refusal behind it', saw('a1', 'refused'), saw('a2 b')],
  ])('are %s: %s', (verdict, _why, kirin, peer) => {
    expect(compare(kirin, peer)).toBe(verdict)
  })
})
