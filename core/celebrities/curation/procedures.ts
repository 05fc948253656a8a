import { implement } from '@orpc/server'
import type { Context } from '../../access/context'
import { accessFirst, answerErrors, curator, staff } from '../../access/procedure'
import { signCelebrityPhotos, viewSummary } from '../catalogue-view'
import { curationContract } from '../contract-curation'
import { compareAll } from './alike'
import { changeInChunks } from './changes'
import { readCoverage } from './coverage'
import { distinguish } from './distinguish'
import { editCelebrities } from './edit'
import { exportCsv } from './export-csv'
import { readFacets } from './facets'
import { historyOf, lastChangeOf, lastUndoneOf } from './history'
import { mergeCelebrities } from './merge'
import { listOutliers } from './outliers'
import { photosOfCelebrity, viewPhoto } from './photos'
import { purgeChanges } from './purge'
import { queueAllPhotos } from './queue-analysis'
import { redoGroup } from './redo'
import { similarTo } from './similar'
import { choosePhoto, removeFurtherPhoto, replacePhoto } from './swap-photo'
import { listTrash, trashCelebrities } from './trash'
import { undoGroup } from './undo'

const procedures = implement(curationContract, accessFirst).$context<Context>().use(answerErrors)

const looking = {
  photos: procedures.photos.use(staff).handler(async ({ context, input }) => {
    const rows = await context.transaction((tx) => photosOfCelebrity(tx, input.id))
    const url = await signCelebrityPhotos(context, rows)
    return rows.map((row) => viewPhoto(row, url))
  }),
  history: procedures.history
    .use(staff)
    .handler(({ context, input }) => context.transaction((tx) => historyOf(tx, input.id))),
  similar: procedures.similar.use(staff).handler(async ({ context, input }) => {
    const rows = await context.transaction((tx) => similarTo(tx, input.id, input.limit))
    const url = await signCelebrityPhotos(context, rows)
    return rows.map((row) => ({ ...viewSummary(row, url), cosine: row.cosine, is_distinct: row.is_distinct }))
  }),
  coverage: procedures.coverage.use(staff).handler(({ context }) => context.transaction(readCoverage)),
  outliers: procedures.outliers.use(staff).handler(async ({ context, input, signal }) => {
    const page = await listOutliers(context, input, signal)
    const url = await signCelebrityPhotos(
      context,
      page.items.flatMap(({ celebrity, other, photo }) =>
        [celebrity, other, photo].filter((row) => row !== null),
      ),
    )
    return {
      ...page,
      items: page.items.map(({ celebrity, other, photo, ...item }) => ({
        ...item,
        celebrity: viewSummary(celebrity, url),
        other: other && viewSummary(other, url),
        photo: photo && viewPhoto(photo, url),
      })),
    }
  }),
  compareAll: procedures.compareAll
    .use(staff)
    .handler(({ context, signal }) => compareAll(context.database, context.transaction, { signal })),
  facets: procedures.facets.use(staff).handler(({ context }) => context.transaction(readFacets)),
  exportCsv: procedures.exportCsv
    .use(staff)
    .handler(({ context, input }) => context.transaction((tx) => exportCsv(tx, input))),
  trashed: procedures.trashed.use(staff).handler(async ({ context, input }) => {
    const page = await context.transaction((tx) => listTrash(tx, input))
    const url = await signCelebrityPhotos(
      context,
      page.items.map((row) => ({ ...row, view_path: null })),
    )
    return {
      ...page,
      items: page.items.map(({ image_path, thumbnail_path, ...row }) => ({
        ...row,
        thumbnail_url: url('celebrity-images', thumbnail_path ?? image_path),
      })),
    }
  }),
}

const changing = {
  edit: procedures.edit
    .use(curator)
    .handler(({ context, input }) => editCelebrities(context, { ...input, dryRun: input.dry_run })),
  merge: procedures.merge.use(curator).handler(({ context, input }) => mergeCelebrities(context, input)),
  distinguish: procedures.distinguish
    .use(curator)
    .handler(({ context, input }) => distinguish(context, input)),
  usePhoto: procedures.usePhoto.use(curator).handler(({ context, input }) => choosePhoto(context, input)),
  replacePhoto: procedures.replacePhoto
    .use(curator)
    .handler(({ context, input }) => replacePhoto(context, input)),
  removePhoto: procedures.removePhoto
    .use(curator)
    .handler(({ context, input }) => removeFurtherPhoto(context, input)),
  reanalyze: procedures.reanalyze.use(curator).handler(async ({ context, input }) => {
    const { changed } = await changeInChunks(context, input, async (tx, ids) => ({
      changed: await queueAllPhotos(tx, ids),
      skipped: [],
    }))
    return { queued: changed }
  }),
  trash: procedures.trash
    .use(curator)
    .handler(({ context, input }) => trashCelebrities(context, input.selection, { dryRun: input.dry_run })),
  purge: procedures.purge
    .use(curator)
    .handler(async ({ context, input }) => ({ purged: await purgeChanges(context, input.change_ids) })),
  undo: procedures.undo
    .use(curator)
    .handler(({ context, input }) => undoGroup(context, input.group_id, input.celebrity_ids)),
  lastChange: procedures.lastChange
    .use(curator)
    .handler(({ context }) => context.transaction((tx) => lastChangeOf(tx, context.caller.id))),
  redo: procedures.redo.use(curator).handler(({ context, input }) => redoGroup(context, input.group_id)),
  lastUndone: procedures.lastUndone
    .use(curator)
    .handler(({ context }) => context.transaction((tx) => lastUndoneOf(tx, context.caller.id))),
}

export const curationProcedures = { ...looking, ...changing }
