export default { displayName: 'koa-api', testMatch: ['<rootDir>/test/**/*.test.js'], transform: {} }
