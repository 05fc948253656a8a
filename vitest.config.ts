import { defineConfig } from 'vitest/config'

/** These measure how long things take. */
const alone = ['console', 'catalogue-scroll', 'imports', 'matches-table'].map(
  (name) => `tests/e2e/${name}.chromium.test.ts`,
)

/** Each starts a whole host, after everything else. */
const wholeProduct = { globalSetup: 'tests/global-setup.ts', testTimeout: 300_000, hookTimeout: 180_000 }

export default defineConfig({
  test: {
    environment: 'node',
    // Native modules (onnxruntime, sharp) and worker threads of their own: a process per file.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{core,electron,renderer,scripts,bench}/**/*.test.{ts,tsx}', 'tests/**/*.test.ts'],
          exclude: ['tests/e2e/**'],
          globalSetup: 'tests/global-setup.ts',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: alone,
          ...wholeProduct,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e-alone',
          include: alone,
          ...wholeProduct,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
