export { type AdapterFixture, type NativeServer, ROUTES, type Tell } from './fixture.ts'
export { ADAPTER_CASES, type AdapterSuiteOptions, runAdapterSuite } from './suite.ts'
