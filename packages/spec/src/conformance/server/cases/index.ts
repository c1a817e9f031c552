import type { ConformanceCase } from '../../case.ts'
import type { Bench } from '../bench.ts'
import { bod01 } from './bod-01.ts'
import { bod02 } from './bod-02.ts'
import { bod03 } from './bod-03.ts'
import { bod04 } from './bod-04.ts'
import { bod05 } from './bod-05.ts'
import { bod06 } from './bod-06.ts'
import { bod07 } from './bod-07.ts'
import { bod08 } from './bod-08.ts'
import { bod09 } from './bod-09.ts'
import { bod10 } from './bod-10.ts'
import { bod11 } from './bod-11.ts'
import { bod12 } from './bod-12.ts'
import { end01 } from './end-01.ts'
import { end02 } from './end-02.ts'
import { end03 } from './end-03.ts'
import { end04 } from './end-04.ts'
import { end05 } from './end-05.ts'
import { end06 } from './end-06.ts'
import { end07 } from './end-07.ts'
import { end08 } from './end-08.ts'
import { end09 } from './end-09.ts'
import { end10 } from './end-10.ts'
import { exp01 } from './exp-01.ts'
import { exp02 } from './exp-02.ts'
import { exp03 } from './exp-03.ts'
import { exp04 } from './exp-04.ts'
import { exp05 } from './exp-05.ts'
import { lif01 } from './lif-01.ts'
import { lif02 } from './lif-02.ts'
import { lif03 } from './lif-03.ts'
import { lif04 } from './lif-04.ts'
import { lif05 } from './lif-05.ts'
import { lif06 } from './lif-06.ts'
import { lif07 } from './lif-07.ts'
import { lif08 } from './lif-08.ts'
import { lif09 } from './lif-09.ts'
import { lif10 } from './lif-10.ts'
import { lif11 } from './lif-11.ts'
import { lif12 } from './lif-12.ts'
import { lif13 } from './lif-13.ts'
import { req01 } from './req-01.ts'
import { req02 } from './req-02.ts'
import { req03 } from './req-03.ts'
import { req04 } from './req-04.ts'
import { req05 } from './req-05.ts'
import { req06 } from './req-06.ts'
import { req07 } from './req-07.ts'
import { req08 } from './req-08.ts'
import { req09 } from './req-09.ts'
import { req10 } from './req-10.ts'
import { req11 } from './req-11.ts'
import { req12 } from './req-12.ts'
import { req13 } from './req-13.ts'
import { req14 } from './req-14.ts'
import { req15 } from './req-15.ts'
import { req16 } from './req-16.ts'
import { req17 } from './req-17.ts'
import { req18 } from './req-18.ts'
import { req19 } from './req-19.ts'
import { req20 } from './req-20.ts'
import { req21 } from './req-21.ts'
import { req22 } from './req-22.ts'
import { req23 } from './req-23.ts'
import { req24 } from './req-24.ts'
import { req25 } from './req-25.ts'
import { req26 } from './req-26.ts'
import { req27 } from './req-27.ts'
import { req28 } from './req-28.ts'
import { req29 } from './req-29.ts'
import { res01 } from './res-01.ts'
import { res02 } from './res-02.ts'
import { res03 } from './res-03.ts'
import { res04 } from './res-04.ts'
import { res05 } from './res-05.ts'
import { res06 } from './res-06.ts'
import { res07 } from './res-07.ts'
import { res08 } from './res-08.ts'
import { res09 } from './res-09.ts'
import { res10 } from './res-10.ts'
import { res11 } from './res-11.ts'
import { res12 } from './res-12.ts'
import { res13 } from './res-13.ts'
import { res14 } from './res-14.ts'
import { res15 } from './res-15.ts'
import { res16 } from './res-16.ts'
import { res17 } from './res-17.ts'
import { res18 } from './res-18.ts'
import { res19 } from './res-19.ts'
import { res20 } from './res-20.ts'
import { res21 } from './res-21.ts'
import { res22 } from './res-22.ts'
import { res23 } from './res-23.ts'
import { res24 } from './res-24.ts'
import { res25 } from './res-25.ts'
import { res26 } from './res-26.ts'
import { res27 } from './res-27.ts'
import { res28 } from './res-28.ts'
import { res29 } from './res-29.ts'
import { res30 } from './res-30.ts'
import { res31 } from './res-31.ts'
import { res32 } from './res-32.ts'
import { res33 } from './res-33.ts'
import { res34 } from './res-34.ts'
import { res35 } from './res-35.ts'
import { tls01 } from './tls-01.ts'
import { tls02 } from './tls-02.ts'
import { upg01 } from './upg-01.ts'
import { upg02 } from './upg-02.ts'
import { upg03 } from './upg-03.ts'
import { upg04 } from './upg-04.ts'
import { upg05 } from './upg-05.ts'

/** Every case of the server suite, in the order of the requirements. */
export const serverCases: readonly ConformanceCase<Bench>[] = [
  ...req01,
  ...req02,
  ...req03,
  ...req04,
  ...req05,
  ...req06,
  ...req07,
  ...req08,
  ...req09,
  ...req10,
  ...req11,
  ...req12,
  ...req13,
  ...req14,
  ...req15,
  ...req16,
  ...req17,
  ...req18,
  ...req19,
  ...req20,
  ...req21,
  ...req22,
  ...req23,
  ...req24,
  ...req25,
  ...req26,
  ...req27,
  ...req28,
  ...req29,
  ...bod01,
  ...bod02,
  ...bod03,
  ...bod04,
  ...bod05,
  ...bod06,
  ...bod07,
  ...bod08,
  ...bod09,
  ...bod10,
  ...bod11,
  ...bod12,
  ...exp01,
  ...exp02,
  ...exp03,
  ...exp04,
  ...exp05,
  ...end01,
  ...end02,
  ...end03,
  ...end04,
  ...end05,
  ...end06,
  ...end07,
  ...end08,
  ...end09,
  ...end10,
  ...res01,
  ...res02,
  ...res03,
  ...res04,
  ...res05,
  ...res06,
  ...res07,
  ...res08,
  ...res09,
  ...res10,
  ...res11,
  ...res12,
  ...res13,
  ...res14,
  ...res15,
  ...res16,
  ...res17,
  ...res18,
  ...res19,
  ...res20,
  ...res21,
  ...res22,
  ...res23,
  ...res24,
  ...res25,
  ...res26,
  ...res27,
  ...res28,
  ...res29,
  ...res30,
  ...res31,
  ...res32,
  ...res33,
  ...res34,
  ...res35,
  ...upg01,
  ...upg02,
  ...upg03,
  ...upg04,
  ...upg05,
  ...tls01,
  ...tls02,
  ...lif01,
  ...lif02,
  ...lif03,
  ...lif04,
  ...lif05,
  ...lif06,
  ...lif07,
  ...lif08,
  ...lif09,
  ...lif10,
  ...lif11,
  ...lif12,
  ...lif13,
]
