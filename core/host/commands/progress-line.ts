import type { Output } from '../output'

/** One line that says how far something is. */
export interface ProgressLine {
  show: (line: string) => void
  /** Leaves the last line where it is. */
  end: () => void
}

/** Milliseconds between two lines where none can be written over. */
const pauseMs = 10_000

/** Written over in a terminal; elsewhere a line now and then; nothing with `--json`. */
export function createProgressLine(
  output: Output,
  stream: NodeJS.WriteStream = process.stderr,
): ProgressLine {
  let last = ''
  let at = -Infinity
  return {
    show(line) {
      if (output.json || line === last) return
      if (stream.isTTY) stream.write(`\r\u001b[K${line.slice(0, Math.max(20, stream.columns - 1))}`)
      else if (performance.now() - at > pauseMs) output.say(line)
      else return
      last = line
      at = performance.now()
    },
    end() {
      if (last !== '' && stream.isTTY && !output.json) stream.write('\n')
      last = ''
    },
  }
}
