/**
 * The command line, however it is started. supabase-js tells whoever runs Node 20, as it is loaded, that it will end one
 * day: news for its developers, not for our users. So it is loaded only once that is kept quiet.
 */
/* eslint-disable no-console -- What a package says there is let through, but for one line. */
const warn = console.warn
console.warn = (...words: unknown[]) => {
  if (!String(words[0]).includes('future versions of @supabase/supabase-js')) warn(...words)
}

// Whoever reads may have read enough, as `head` has: the command still comes to its end, with its own exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') return
  process.stderr.write(`The result could not be written: ${error.message}\n`)
  process.exit(1)
})
process.stderr.on('error', () => undefined)

await import('./program')

// What has no import or export would be no module, and could not wait.
export {}
