export default { displayName: 'chat', testTimeout: 120_000, testMatch: ['<rootDir>/test/**/*.test.js'], transform: {} }
