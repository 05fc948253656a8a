import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes most of a minute and more: begun last, it would be waited for by itself. */
const long = [
  'core/database/adoption/interrupted',
  'core/celebrities/import/kill',
  'tests/jobs/robustness',
  'core/celebrities/import/publish/publish-kill',
  'core/celebrities/import/reopen-kill',
  'tests/e2e/model-switch',
  'tests/e2e/shared-stop',
  'tests/e2e/catalogue.chromium',
].map((name) => `/${name}.test.ts`)

/** Begins with the long ones where it is not known yet how long a file takes, as in a fresh checkout. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => long.some((name) => moduleId.endsWith(name))
    const sorted = await super.sort(files)
    const groups = [...new Set(sorted.map(({ project }) => project))]
    return groups.flatMap((group) => {
      const ofGroup = sorted.filter(({ project }) => project === group)
      return [...ofGroup.filter(isLong), ...ofGroup.filter((file) => !isLong(file))]
    })
  }
}

/** These measure how long things take. */
const alone = ['console', 'catalogue-scroll', 'matches-table'].map(
  (name) => `tests/e2e/${name}.chromium.test.ts`,
)

/** Each starts a whole host, after everything else. */
const wholeProduct = { globalSetup: 'tests/global-setup.ts', testTimeout: 300_000, hookTimeout: 600_000 }

export default defineConfig({
  test: {
    environment: 'node',
    // Native modules (onnxruntime, sharp) and worker threads of their own: a process per file.
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 120_000,
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
