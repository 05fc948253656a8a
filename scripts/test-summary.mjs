// node scripts/test-summary.mjs <report of vitest's JSON reporter>
// Says which tests were skipped, fails where a whole part has not run, and ends with the count of tests.
import { readFileSync } from 'node:fs'

/** @typedef {{ fullName: string, status: string }} Test */
/** @typedef {{ name: string, assertionResults: Test[] }} File */

/** @type {{ testResults: File[], numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number }} */
const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const tests = report.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults.map(({ fullName, status }) => ({ file: name, fullName, status })),
)

for (const { fullName, status } of tests)
  if (status !== 'passed' && status !== 'failed') console.log(`Skipped: ${fullName}`)

/** @type {Record<string, (test: { file: string, fullName: string }) => boolean>} */
const parts = {
  PostgreSQL: ({ fullName }) => /\bpostgres\b/.test(fullName),
  Chromium: ({ file }) => file.endsWith('.chromium.test.ts'),
  Electron: ({ file }) => file.endsWith('.electron.test.ts'),
}
for (const [part, belongs] of Object.entries(parts)) {
  const passed = tests.filter((test) => belongs(test) && test.status === 'passed').length
  console.log(`${part}: ${passed} passed`)
  if (passed === 0) process.exitCode = 1
}
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests + numTodoTests} skipped`)
