import { Readable } from 'node:stream'
import { describe, expect, it } from '@jest/globals'
import type { ResponseBody } from '../../src/index.ts'
import { collect, collectText } from '../../src/testing/index.ts'

describe('collect', () => {
  it.each<[string, ResponseBody, string]>([
    ['null', null, ''],
    ['nothing', undefined, ''],
    ['a string', 'é', 'é'],
    ['bytes', Buffer.from('abc'), 'abc'],
    ['an array', ['a', Buffer.from('b'), 'c'], 'abc'],
    ['a Node stream', Readable.from(['a', 'b']), 'ab'],
    ['a web stream', new Blob(['web']).stream() as ResponseBody, 'web'],
    [
      'an async generator, where a character is split between pieces',
      (async function* () {
        yield Buffer.from([0xc3])
        yield Buffer.from([0xa9])
      })(),
      'é',
    ],
  ])('reads %s', async (_kind, body, expected) => {
    expect(await collectText(body)).toBe(expected)
  })

  it('rejects with what the body fails with', async () => {
    const body = (async function* () {
      yield 'a'
      throw new Error('disk')
    })()
    await expect(collect(body)).rejects.toThrow('disk')
  })

  it.each([[5], [{}], [[5]], [[null]]])('rejects what is no body: %j', async body => {
    await expect(collect(body as unknown as string)).rejects.toThrow(TypeError)
  })
})

describe('collectText', () => {
  it('rejects bytes that are not UTF-8 instead of replacing them', async () => {
    await expect(collectText(Buffer.from([0xff]))).rejects.toMatchObject({
      name: 'TypeError',
      code: 'ERR_ENCODING_INVALID_ENCODED_DATA',
    })
  })

  it('keeps a byte order mark', async () => {
    expect(await collectText('\uFEFFa')).toBe('\uFEFFa')
  })
})
