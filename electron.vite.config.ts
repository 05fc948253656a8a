import { join } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'

const root = import.meta.dirname

/**
 * Worker threads, each a file of its own: whoever starts one is told its path (core/host/paths.ts).
 * scripts/build.mjs builds these alone for unit tests, and knows them by their names.
 */
const workers = {
  'face-worker': 'core/faces/pool/face-worker.ts',
  'database-worker': 'core/embedded/database-worker.ts',
}

const host = {
  ...workers,
  'host-process': 'electron/host-entry.ts',
  cli: 'core/host/cli.ts',
}

/** electron-vite insists on a relative base, which breaks pages whose address has more than one segment. */
const absoluteBase: Plugin = { name: 'semblance:absolute-base', config: () => ({ base: '/' }) }

const inputs = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(root, file)]))

export default defineConfig({
  // Everything that runs in a plain Node, or in Electron's utility process.
  main: {
    build: {
      // The command line runs these files with plain Node, not only with Electron's.
      target: 'node20.19',
      rolldownOptions: { input: inputs(host), output: { chunkFileNames: 'chunks/[name]-[hash].js' } },
    },
  },
  // What Electron itself loads. Its main script must be done before Electron is ready, for which modules load too late,
  // and a sandboxed preload can only be one CommonJS file.
  preload: {
    build: {
      outDir: join(root, 'out', 'electron'),
      externalizeDeps: false,
      rolldownOptions: {
        input: inputs({ main: 'electron/main.ts', preload: 'electron/preload.ts' }),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: join(root, 'renderer'),
    plugins: [react(), tailwindcss(), absoluteBase],
    build: {
      minify: true,
      // Read from this machine's disk: one large file is no slower than several.
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: inputs({ console: 'renderer/console/index.html', site: 'renderer/site/index.html' }),
        // Zod would try whether it may compile code, which the content policy refuses aloud. It must know before the
        // first schema is made, so before the first line of any file.
        output: { banner: 'globalThis.__zod_globalConfig = { jitless: true };' },
      },
    },
  },
})
