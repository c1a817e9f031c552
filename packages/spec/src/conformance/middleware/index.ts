export { DEFAULT_REQUEST, type MiddlewareUnderTest } from './bench.ts'
export { MIDDLEWARE_CASES, type MiddlewareSuiteOptions, runMiddlewareSuite } from './suite.ts'
