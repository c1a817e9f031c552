export default { displayName: 'workspace', testMatch: ['<rootDir>/test/**/*.test.mjs'], transform: {} }
