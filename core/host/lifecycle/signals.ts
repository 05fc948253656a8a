/** Resolves at Ctrl-C or a request to terminate. A second one ends the process at once. */
export function untilAskedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false
    const stop = () => {
      if (asked) process.exit(130)
      asked = true
      resolve()
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
  })
}

/**
 * Ends the process a moment after all is closed, should anything still be waited for: an answer of a server that is
 * away, or a connection to it that is just being made. Where nothing is, the process ends by itself before that.
 */
export function endWhateverWaits(): void {
  setTimeout(() => process.exit(), 500).unref()
}
