export default { displayName: 'hono', testMatch: ['<rootDir>/test/**/*.test.js'], transform: {} }
