import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'

/** The only door to the database: everything else is handed a transaction. */
const kyselyHolders = ['core/database/as-user.ts']
/**
 * Who may speak to a server without Kysely: the room of connections, the embedded engine, which is one, what tries a
 * connection that is not in use yet, tests, and benchmarks that make databases.
 */
const pgHolders = [
  'core/database/**/*.ts',
  'core/embedded/database.ts',
  'core/host/connection/connection-test/*.ts',
  'tests/**/*.ts',
  'bench/{jobs,jobs-others}.ts',
  '**/*.test.ts',
]

const noKysely = {
  regex: '^kysely(/|$)',
  importNames: ['Kysely', 'PostgresDialect', 'default'],
  message: `Only ${kyselyHolders.join(' and ')} holds a Kysely; take a Transaction as a parameter.`,
}
const noPg = {
  regex: '^(pg|pg-pool|pg-native|pg-cursor|pg-query-stream|postgres)(/|$)',
  message: 'Only core/database speaks to a server; take a Transaction as a parameter.',
}
/** What a rule for import statements doesn't see. */
const noHiddenImports = [
  {
    selector: 'ImportExpression[source.value=/^(kysely|pg|postgres)\\b/]',
    message: 'Import Kysely and pg by an import statement, where they are allowed.',
  },
  {
    selector: 'ImportExpression:not([source.type="Literal"])',
    message: 'Import by a name that can be read here.',
  },
  {
    selector:
      ':matches(CallExpression[callee.name="require"], CallExpression[callee.property.name="require"], TSExternalModuleReference) > Literal[value=/^(kysely|pg|postgres)\\b/]',
    message: 'Import Kysely and pg by an import statement, where they are allowed.',
  },
]

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'node_modules/', 'bench-results/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Numbers in messages are wanted; objects and undefined are not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // An index may miss, and the types do not say so (no noUncheckedIndexedAccess: it would bury the arithmetic).
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Event handlers of React and of worker threads return promises that nobody awaits; errors are caught inside.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false, arguments: false } },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // What implements an interface of promises need not wait for anything.
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.{ts,tsx,js,mjs,cjs}'],
    rules: {
      'max-lines': ['error', { max: 300 }],
      // Functions stay under 50 lines; one that makes an object of closures holds several of them.
      'max-lines-per-function': ['error', { max: 100, skipComments: true, skipBlankLines: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [noKysely, noPg] }],
      'no-restricted-syntax': ['error', ...noHiddenImports],
    },
  },
  { files: pgHolders, rules: { 'no-restricted-imports': ['error', { patterns: [noKysely] }] } },
  {
    // What the door costs is measured against a transaction that goes past it.
    files: [...kyselyHolders, 'bench/database.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['core/**/*.ts', 'electron/**/*.ts', 'tests/**/*.ts', '*.ts'],
    languageOptions: { globals: globals.node },
  },
  { files: ['**/*.{js,mjs,cjs}'], languageOptions: { globals: globals.node } },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest']],
    languageOptions: { globals: globals.browser },
    // A component's markup is read top to bottom; a limit by lines of file is enough.
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['**/*.test.{ts,tsx}'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  prettier,
)
