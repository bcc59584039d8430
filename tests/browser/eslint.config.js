import js from '@eslint/js';
import playwright from 'eslint-plugin-playwright';
import ts from 'typescript-eslint';

export default ts.config(
  { ignores: ['node_modules'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...ts.configs.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    // A call that nobody waits for makes a test that passes by chance.
    rules: { '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    files: ['specs/**'],
    ...playwright.configs['flat/recommended'],
    rules: {
      ...playwright.configs['flat/recommended'].rules,
      'playwright/no-skipped-test': 'error',
    },
  },
);
