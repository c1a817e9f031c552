export default { displayName: 'fastify-api', testMatch: ['<rootDir>/test/**/*.test.js'], transform: {} }
