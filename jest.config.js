// Node 24 strips the types itself, so nothing is transformed.
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  watchman: false,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.doseline'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Modules of a suite stay in its worker's memory when it ended: one that grew large starts anew, before collecting garbage is most of its work.
  workerIdleMemoryLimit: '400MB',
  testTimeout: 60_000,
};
