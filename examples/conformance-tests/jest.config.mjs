// The tests of jest/ run in this process; those of test/ start the other two frameworks.
export default {
  displayName: 'conformance-tests',
  testMatch: ['<rootDir>/jest/**/*.test.js', '<rootDir>/test/**/*.test.js'],
  transform: {},
}
