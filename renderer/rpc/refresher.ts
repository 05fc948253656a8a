/**
 * Gathers changed tables and hands them on, never two rounds at once: a round waits until the one before has ended
 * and `interval` milliseconds have passed, so a slow screen is refreshed less often instead of being interrupted.
 */
export function createRefresher(refresh: (tables: ReadonlySet<string>) => Promise<void>, interval: number) {
  let changed = new Set<string>()
  let isRunning = false

  const run = async () => {
    isRunning = true
    while (changed.size > 0) {
      const round = changed
      changed = new Set()
      await Promise.all([
        refresh(round).catch(() => undefined), // What failed shows its own error where it is shown.
        new Promise((resolve) => setTimeout(resolve, interval)),
      ])
    }
    isRunning = false
  }

  return (tables: Iterable<string>): void => {
    for (const table of tables) changed.add(table)
    if (!isRunning && changed.size > 0) void run()
  }
}
