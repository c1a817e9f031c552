export default { displayName: 'express-shop', testMatch: ['<rootDir>/test/**/*.test.js'], transform: {} }
