export { DEFAULT_REQUESTS } from './bench.ts'
export { APPLICATION_CASES, type ApplicationSuiteOptions, runApplicationSuite } from './suite.ts'
