import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules/', 'cdk.out/', '.doseline/', 'coverage/', '*.config.js', '.*.js', 'bin/'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'no-console': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'The clock comes with the event.' },
      ],
    },
  },
  {
    // Tables of cases in tests may be wider.
    files: ['functions/**', 'shared/**', 'infra/**', 'local/**', 'cli/**', 'bench/**'],
    rules: { 'max-len': ['error', { code: 150, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreComments: true, ignoreUrls: true }] },
  },
  { files: ['cli/**', 'local/**', 'bench/**', 'test/**', 'infra/**'], rules: { 'no-console': 'off', 'no-restricted-syntax': 'off' } },
  {
    files: ['test/**'],
    ignores: ['test/run.ts'],
    rules: {
      'no-restricted-properties': ['error', ...[['performance', 'now'], ['process', 'hrtime'], ['process', 'cpuUsage']].map(([object, property]) => ({
        object, property, message: 'No test is timed: a busy machine is no fault. What costs time is measured by a benchmark.',
      }))],
    },
  },
);
