import type { InstalledPack } from '../faces/packs/pack-types'
import type { PackManifest } from '../faces/packs/manifest'
import type { ProviderReport } from '../faces/inference/providers'
import type { PackStatus } from '../model/status'
import type { Installation } from './contract'

/** What the machine that answers has of packs, and can do with them. */
export interface ModelMachine {
  /** The folder of all packs. */
  directory: string
  /** Threads that analyse. */
  threads: number
  /** What it analyses with. */
  status: () => PackStatus
  /** Whether it stages photos in this space now. */
  stages: (embeddingModel: string) => boolean
  /** How fast a pack was when it was opened here last; undefined where it never was. */
  measured: (pack: string) => ProviderReport | undefined
  /** Opens a pack in a thread of its own and closes it again, unless it was measured before. */
  measure: (pack: InstalledPack) => Promise<ProviderReport>
  installation: () => Installation | null
  /** Begins to fetch a pack. @throws SemblanceError CONFLICT while another is fetched, BAD_REQUEST for terms */
  install: (manifest: PackManifest, options: { acceptTerms: boolean }) => void
}
