import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import type { Context } from '../../core/access/context'
import type { Client } from '../../core/api/contract'
import { router } from '../../core/api/router'
import { readConfig } from '../../core/host/config'
import { createConnector, noControl } from '../../core/host/connection/connector'
import { prepareImports } from '../../core/host/imports/imports'
import { createStagedImages } from '../../core/host/imports/staged-images'
import { createMachineLimits } from '../../core/host/work/machine-work'
import { createRpc, type HostContext, type Rpc } from '../../core/host/http/rpc'
import { SemblanceError } from '../../core/model/errors'
import type { Role } from '../../core/model/roles'
import type { ModelMachine } from '../../core/models/machine'
import type { PackStatus, WorkerStatus } from '../../core/model/status'
import { createSampleLoader } from '../../core/samples/loader'
import { createSupabase } from '../../core/supabase/client'
import { createTokenVerifier } from '../../core/supabase/sessions'
import { createUsers, type Users } from '../../core/supabase/users'
import type { TestEngine } from './database'
import { openQueueHost, silentLog, type QueueHost } from './queue-host'

/** Somebody with an account, and the router as they may use it. */
export interface TestCaller {
  id: string
  email: string
  /** A bearer token. */
  token: string
  client: Client
}

export interface CallerHost extends QueueHost {
  users: Users
  /** A new account with that role, signed in by password. */
  signUp: (role: Role, metadata?: Record<string, string>) => Promise<TestCaller>
  /** The router for whoever holds this header, on this machine or elsewhere. */
  clientFor: (authorization: string | null, options?: { local?: boolean }) => Client
  /** The same over both transports. */
  rpc: Rpc
  /** What every call is handed, but for who asks. */
  context: HostContext
  close: () => Promise<void>
}

const password = 'correct horse battery'

const pack: PackStatus = {
  ...{ name: 'test', state: 'ready', progress: 1, message: 'Ready', embedding_model: null, provider: 'CPU' },
  threads: 1,
}
const worker: WorkerStatus = {
  ...{ id: 'test', state: 'idle', message: null, running: 0, completed: 0, failed: 0 },
  started_at: new Date(),
}

/** No pack is installed. */
const noFaces: Context['faces'] = () =>
  Promise.reject(new SemblanceError('UNAVAILABLE', 'The face models are not set up in this test.'))

/** Real: router, database, Auth and Storage over HTTP, tokens. Not real: the states of pack and worker. */
export async function openCallerHost(
  engine: TestEngine,
  { faces = noFaces }: { faces?: Context['faces'] } = {},
): Promise<CallerHost> {
  const host = await openQueueHost(engine)
  const { project, database, changes, images } = host
  const users = createUsers(createSupabase({ url: project.url, key: project.secretKey }))
  const samples = createSampleLoader({ database, images, users, log: silentLog })
  const home = await mkdtemp(join(tmpdir(), 'semblance-callers-'))
  const connector = createConnector({
    ...noControl,
    config: readConfig({ SEMBLANCE_HOME: home }),
    environment: {},
    running: { database, supabaseUrl: project.url, mode: 'embedded', servers: () => [], changes },
  })
  const models: ModelMachine = {
    ...{ directory: join(home, 'packs'), threads: 1, status: () => pack },
    stages: () => false,
    measured: () => undefined,
    measure: () => Promise.reject(new Error('No pack is installed.')),
    installation: () => null,
    install: () => undefined,
  }
  const machine = createMachineLimits({ home, threads: 2, onChange: () => changes.announce('limits') })
  const imports = prepareImports({ home, changes, faces, database, images, log: silentLog })
  const stagedImages = createStagedImages({ url: project.url, staging: imports.staging, log: silentLog })
  const context = {
    ...{ database, changes, images, users, samples, connector, models, machine, imports, stagedImages },
    log: silentLog,
    version: '1.2.3',
    mode: 'embedded' as const,
    supabase: { url: project.url, publishableKey: project.publishableKey },
    verify: createTokenVerifier({ url: project.url, jwks: project.keys.jwks }),
    pack: () => pack,
    worker: () => worker,
    health: () => [],
    faces,
  }
  const clientFor: CallerHost['clientFor'] = (authorization, { local = false } = {}) =>
    createRouterClient(router, { context: { ...context, request: { authorization, local } } })

  let count = 0
  return {
    ...host,
    users,
    clientFor,
    context,
    rpc: createRpc(context),
    async signUp(role, metadata = {}) {
      const email = `${role}-${(count += 1)}@example.edu`
      const { id } = await users.create({ email, password, metadata })
      await database.asService((tx) =>
        tx.updateTable('profiles').set({ role }).where('id', '=', id).execute(),
      )
      const { data, error } = await createSupabase({
        url: project.url,
        key: project.publishableKey,
      }).auth.signInWithPassword({ email, password })
      if (error) throw error
      const token = data.session.access_token
      return { id, email, token, client: clientFor(`Bearer ${token}`) }
    },
    async close() {
      await samples.close()
      await imports.close()
      await host.close()
      await rm(home, { recursive: true })
    },
  }
}
