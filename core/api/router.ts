import { accountsProcedures } from '../accounts/procedures'
import { importsProcedures } from '../celebrities/import/procedures'
import { curationProcedures } from '../celebrities/curation/procedures'
import { celebritiesProcedures } from '../celebrities/procedures'
import { bulkProcedures } from '../jobs/bulk/procedures'
import { machineProcedures } from '../jobs/worker/machine-procedures'
import { monitorProcedures } from '../jobs/monitor/procedures'
import { jobsProcedures } from '../jobs/procedures'
import { matchingProcedures } from '../matching/procedures'
import { modelsProcedures } from '../models/procedures'
import { overviewProcedures } from '../overview/procedures'
import { samplesProcedures } from '../samples/procedures'
import { serversProcedures } from '../servers/procedures'
import { settingsProcedures } from '../settings/procedures'

/** Every procedure of the contract. The same on a MessagePort and on HTTP. */
export const router = {
  overview: overviewProcedures,
  accounts: accountsProcedures,
  celebrities: celebritiesProcedures,
  curation: curationProcedures,
  imports: importsProcedures,
  jobs: { ...jobsProcedures, ...monitorProcedures, ...bulkProcedures, ...machineProcedures },
  matching: matchingProcedures,
  models: modelsProcedures,
  settings: settingsProcedures,
  samples: samplesProcedures,
  servers: serversProcedures,
}
