import { base } from './jest.config.base.mjs'

// The whole repository's tests in one run. Each package's jest.config.mjs also works by itself.
export default {
  // A run of several projects takes it from here, one of a package from the base.
  testTimeout: base.testTimeout,
  projects: [
    '<rootDir>/packages/*',
    '<rootDir>/examples/*',
    '<rootDir>/scripts',
    '<rootDir>/conformance',
    '<rootDir>/torture',
    '<rootDir>/ecosystems',
    '<rootDir>/bench',
  ],
  // Many tests wait for processes: a core each keeps them all busy.
  maxWorkers: '100%',
  coverageProvider: 'v8',
  coverageReporters: ['json'],
  coverageDirectory: '<rootDir>/coverage',
  collectCoverageFrom: ['packages/*/src/**/*.ts'],
}
