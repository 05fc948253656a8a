import { implement } from '@orpc/server'
import { readAttributes, readBox } from '../access/attributes'
import type { Context } from '../access/context'
import { signPhotos } from '../access/photo-urls'
import { accessFirst, answerErrors, curator, staff } from '../access/procedure'
import { addCelebrity } from './add-celebrity'
import { celebrityGone, findCelebrity, listCategories, listCelebrities, lookalikesOf } from './catalogue'
import { photosOf, signCelebrityPhotos, viewSummary } from './catalogue-view'
import { celebritiesContract } from './contract'
import { trashCelebrities } from './curation/trash'

const procedures = implement(celebritiesContract, accessFirst).$context<Context>().use(answerErrors)
const mostLookalikes = 20

export const celebritiesProcedures = {
  list: procedures.list.use(staff).handler(async ({ context, input }) => {
    const page = await context.transaction((tx) => listCelebrities(tx, input))
    const url = await signCelebrityPhotos(context, page.items)
    return { ...page, items: page.items.map((row) => ({ ...viewSummary(row, url), licence: row.licence })) }
  }),

  categories: procedures.categories.use(staff).handler(({ context }) => context.transaction(listCategories)),

  get: procedures.get.use(staff).handler(async ({ context, input }) => {
    const [row, found] = await context.transaction(
      async (tx) =>
        [await findCelebrity(tx, input.id), await lookalikesOf(tx, input.id, mostLookalikes)] as const,
    )
    const url = await signPhotos(context, {
      'celebrity-images': photosOf(row),
      faces: found.map((person) => person.thumbnail_path ?? person.image_path),
    })
    const { bio, image_hash, image_width, image_height, faces_found, embedding_model } = row
    const { analyzed_at, updated_at, provenance, job, licence } = row
    return {
      ...viewSummary(row, url),
      ...readAttributes(row),
      ...{ bio, image_hash, image_width, image_height, faces_found, embedding_model },
      ...{ analyzed_at, updated_at, provenance, job, licence },
      detection_box: readBox(row.detection_box),
      lookalikes: found.map(({ image_path, thumbnail_path, ...person }) => ({
        ...person,
        thumbnail_url: url('faces', thumbnail_path ?? image_path),
      })),
    }
  }),

  add: procedures.add
    .use(curator)
    .handler(async ({ context, input }) => ({ id: await addCelebrity(context, input) })),

  remove: procedures.remove.use(curator).handler(async ({ context, input }) => {
    const { changed } = await trashCelebrities(context, { ids: [input.id] })
    if (changed === 0) throw celebrityGone()
    return {}
  }),
}
