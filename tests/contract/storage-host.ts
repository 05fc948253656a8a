import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { connectDatabase } from '../../core/database/connect'
import { migrate } from '../../core/database/migrate'
import { openEmbeddedDatabase } from '../../core/embedded/database'
import { loadKeys } from '../../core/embedded/keys'
import { createStorage, sweepStorage } from '../../core/embedded/storage'

/** A process with the embedded Storage and nothing else, to be killed: `node storage-host.js <data> <worker> <migrations>`. */
const [data, entry, migrations] = process.argv.slice(2) as [string, string, string]
const keys = await loadKeys(data)
const engine = await openEmbeddedDatabase({ entry, directory: join(data, 'database') })
await migrate({ engine }, { directory: migrations })
const database = await connectDatabase({ engine })
const directory = join(data, 'storage')
const app = new Hono()
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  const url = `http://127.0.0.1:${port}`
  app.route('/storage/v1', createStorage({ database, keys, url, directory }))
  process.send?.({ url })
})
process.on('message', (message) => {
  if (message === 'sweep') {
    // As long after the start as nothing counts as new any more.
    const later = new Date(Date.now() + 3600_000)
    void sweepStorage({ database, directory, clock: () => later }).then((swept) => process.send?.({ swept }))
  }
  if (message === 'stop') server.close(() => void database.close().then(() => process.exit(0)))
})
