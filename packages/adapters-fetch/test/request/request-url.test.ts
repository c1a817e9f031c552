import { describe, expect, it } from '@jest/globals'
import { createRequest } from '@nsgi/spec/testing'
import { urlOf } from '../../src/request/request-url.ts'

const paths = [
  '/',
  '/a/b.c',
  '//twice',
  '/a%2Fb',
  '/a/../b',
  '/a/./b',
  '/a/%2e%2E/b',
  '/..a/.b/c..',
  '/a b',
  '/a\\b',
  '/"<>^`{|}',
  "/it's",
  '/ü',
  '/[x]',
]
const queries = ['', 'a=1&b=%20', "it's", 'a b', '"<>', '?', 'ü', '[x]=1']
const authorities = [
  'localhost',
  'shop.test:8080',
  'Shop.Test',
  'shop.test:80',
  'shop.test:443',
  'shop.test:08080',
  '127.0.0.1:8000',
  '0x7f.1',
  '1234',
  '[::1]:8000',
  '[0:0::1]',
  'xn--bcher-kva.test',
  'a_b',
]

describe('the URL of a request', () => {
  it.each(authorities)('at %s is what the URL parser makes of its parts', authority => {
    for (const path of paths) {
      for (const query of queries) {
        for (const scheme of ['http', 'https'] as const) {
          const expected = new URL(`${scheme}://${authority}${path}${query && '?'}${query}`).href
          expect(urlOf({ ...createRequest({}), scheme, authority, mount: '', path, query })).toBe(expected)
        }
      }
    }
  })

  it('is whole below a mount, has a host where none was named, and stands for OPTIONS *', () => {
    const request = createRequest({})
    expect(urlOf({ ...request, authority: 'a', mount: '/api', path: '', query: '' })).toBe('http://a/api')
    expect(urlOf({ ...request, authority: '', path: '/x', query: '' })).toBe('http://localhost/x')
    expect(urlOf({ ...request, authority: 'a', path: '*', query: '' })).toBe('http://a/*')
  })

  it.each(['a%zz', '1.2.3.400', 'a:99999'])('does not exist at %s', authority => {
    expect(() => urlOf({ ...createRequest({}), authority })).toThrow('Invalid URL')
  })
})
