export default { displayName: 'chat', testMatch: ['<rootDir>/test/**/*.test.js'], transform: {} }
