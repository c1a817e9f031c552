// What every package's jest.config.mjs shares: TypeScript through swc (types are checked by tsc), real ES modules,
// workspace packages taken from their sources.
export const base = {
  // Nothing is asserted of time: this bounds what hangs, also on a machine that has more to do.
  testTimeout: 30_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
}
