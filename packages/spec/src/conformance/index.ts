export {
  type AdapterFixture,
  type AdapterSuiteOptions,
  type NativeServer,
  ROUTES,
  runAdapterSuite,
  type Tell,
} from './adapter/index.ts'
export { type ApplicationSuiteOptions, DEFAULT_REQUESTS, runApplicationSuite } from './application/index.ts'
export { defineTests, type TestFramework } from './bindings/define-tests.ts'
export {
  type AdapterTestOptions,
  type ApplicationTestOptions,
  defineAdapterTests,
  defineApplicationTests,
  defineMiddlewareTests,
  defineServerTests,
  type MiddlewareTestOptions,
} from './bindings/suites.ts'
export { type CaseDefinition, type ConformanceCase, type DetailedCase, defineCases } from './case.ts'
export {
  CaseSkipped,
  ConformanceFailure,
  type Evidence,
  expectEqual,
  expectThat,
  type FailureDetails,
  fail,
  skip,
} from './failure.ts'
export { type MiddlewareSuiteOptions, type MiddlewareUnderTest, runMiddlewareSuite } from './middleware/index.ts'
export {
  type Exchange,
  type Failure,
  type Outcome,
  type Report,
  type ReportHead,
  type Result,
  summarise,
  type Verdict,
  withoutTimes,
} from './report.ts'
export { toHtml, toJson, toJunit, toTap } from './reports/index.ts'
export { type OpenedSubject, type RunOptions, runCases } from './runner.ts'
export { PROXY_FIELDS, type ProxyField } from './server/proxy-fields.ts'
export { runServerSuite, SERVER_PROFILES, type ServerSuiteOptions } from './server/suite.ts'
