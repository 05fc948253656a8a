import type { PackManifest } from './manifest'

/** A pack whose files lie on this machine. Plain data, so that it can be handed to a worker process. */
export interface InstalledPack {
  manifest: PackManifest
  /** The folder that holds the files. */
  directory: string
  /** Names the space that embeddings live in: pack/recogniser sha (12 digits)/alignment version. */
  embeddingModel: string
  /** The packs whose models it borrows, by name. */
  lenders?: Record<string, InstalledPack>
}

export interface InstallOptions {
  manifest: PackManifest
  /** The folder of all packs; this one goes into a folder of its own name there. */
  directory: string
  /** A folder or a zip of the user's own to take the files from, instead of fetching them. */
  from?: string | undefined
  /** The user has accepted the terms of the manifest. */
  acceptTerms?: boolean | undefined
  /** Read every file of a pack that is there, and install it again where one is another than it was. */
  recheck?: boolean | undefined
  /** `progress` goes from 0 to 1; `message` says for a person what is being done. */
  onProgress?: ((progress: number, message: string) => void) | undefined
  signal?: AbortSignal | undefined
}
