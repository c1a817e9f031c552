import { type ConformanceCase, defineCases } from '../../case.ts'
import { expectRecord } from '../../failure.ts'
import { type Bench, expectProbe } from '../bench.ts'
import { probeRequest } from '../request.ts'
import { atEverySplit } from '../splits.ts'

const FIELDS = ['X-Trim: \t a  b \t', 'X-Empty:', 'X-Spaces:   ', 'X-Tight:v', 'X-Bytes: \xe9\xff\x80\xc3\xa9']
const SEEN = { 'x-trim': 'a  b', 'x-empty': '', 'x-spaces': '', 'x-tight': 'v', 'x-bytes': '\xe9\xff\x80\xc3\xa9' }

export const req21: readonly ConformanceCase<Bench>[] = defineCases('REQ-21', {
  'trims values and keeps every byte as one character, wherever the request is cut': async bench => {
    await atEverySplit(
      bench,
      () => probeRequest({ fields: FIELDS }),
      async (response, request) => {
        expectProbe(response, request)
        const {
          host: _host,
          'probe-key': _key,
          ...seen
        } = (await bench.call(request.key))['headers'] as Record<string, string>
        expectRecord(seen, SEEN, 'headers')
      },
    )
  },
})
