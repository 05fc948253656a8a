/**
 * Says that a test is skipped because this machine lacks something, and returns true for `describe.skipIf`. Under
 * SEMBLANCE_TEST_ALL=1, as `.ci/run` sets it, that is an error instead.
 *
 * @param what what is missing, such as "PostgreSQL"
 * @param reason how that was found, and how to get it
 */
export function testSkip(what: string, reason: string): true {
  if (process.env['SEMBLANCE_TEST_ALL'] === '1') throw new Error(`${what} is missing: ${reason}`)
  process.stderr.write(`Skipped, for want of ${what}: ${reason}\n`)
  return true
}
