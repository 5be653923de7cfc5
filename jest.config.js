// Node 24 strips the types itself, so nothing is transformed. Tables are those of the synthesised template (test/support/boot.ts).
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  watchman: false,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.doseline'],
  testTimeout: 60_000,
};
