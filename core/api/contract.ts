import type { ContractRouterClient } from '@orpc/contract'
import { accountsContract } from '../accounts/contract'
import { celebritiesContract } from '../celebrities/contract'
import { curationContract } from '../celebrities/contract-curation'
import { importsContract } from '../celebrities/contract-import'
import { jobsContract } from '../jobs/contract'
import { bulkContract } from '../jobs/contract-bulk'
import { machineContract } from '../jobs/contract-machine'
import { monitorContract } from '../jobs/contract-monitor'
import { matchingContract } from '../matching/contract'
import { modelsContract } from '../models/contract'
import { overviewContract } from '../overview/contract'
import { samplesContract } from '../samples/contract'
import { serversContract } from '../servers/contract'
import { settingsContract } from '../settings/contract'

/** Everything that a client can ask. The same on a MessagePort and on HTTP. */
export const contract = {
  overview: overviewContract,
  accounts: accountsContract,
  celebrities: celebritiesContract,
  imports: importsContract,
  curation: curationContract,
  jobs: { ...jobsContract, ...monitorContract, ...bulkContract, ...machineContract },
  matching: matchingContract,
  models: modelsContract,
  settings: settingsContract,
  samples: samplesContract,
  servers: serversContract,
}

export type Client = ContractRouterClient<typeof contract>
