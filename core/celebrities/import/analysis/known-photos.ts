import type { Staging } from '../staging/staging'

/** Photos of the staging area that have been analysed with the models in use, by the hash of their bytes. */
export interface KnownPhotos {
  find: (imageHash: string) => KnownPhoto | undefined
  add: (imageHash: string, photo: KnownPhoto) => void
  /** It turned out to be gone. */
  forget: (imageHash: string) => void
  folderOf: Staging['folderOf']
}

export interface KnownPhoto {
  id: string
  importId: string
}

/** About 150 bytes of memory a photo. */
export async function loadKnownPhotos(staging: Staging, embeddingModel: string): Promise<KnownPhotos> {
  const rows = await staging.transaction((tx) =>
    tx
      .selectFrom('files')
      .innerJoin('imports', 'imports.id', 'files.import_id')
      .select(['files.id', 'import_id', 'image_hash'])
      .where('files.state', '=', 'analyzed')
      .where('embedding_model', '=', embeddingModel)
      .where('imports.state', '<>', 'discarded')
      .execute(),
  )
  const photos = new Map<string, KnownPhoto>()
  for (const { id, import_id: importId, image_hash } of rows)
    if (image_hash) photos.set(image_hash, { id, importId })
  return {
    find: (hash) => photos.get(hash),
    add: (hash, photo) => void photos.set(hash, photo),
    forget: (hash) => void photos.delete(hash),
    folderOf: staging.folderOf,
  }
}
