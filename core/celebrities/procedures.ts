import { implement } from '@orpc/server'
import { readAttributes, readBox } from '../access/attributes'
import type { Context } from '../access/context'
import { signPhotos, viewOf, type PhotoUrls } from '../access/photo-urls'
import { accessFirst, answerErrors, curator, staff } from '../access/procedure'
import {
  deleteCelebrity,
  findCelebrity,
  listCategories,
  listCelebrities,
  lookalikesOf,
  type CelebrityRow,
} from './catalogue'
import { celebritiesContract, type CelebritySummary } from './contract'
import { addCelebrity } from './add-celebrity'
import { removePhotos } from '../access/remove-photos'

const procedures = implement(celebritiesContract, accessFirst).$context<Context>().use(answerErrors)
const mostLookalikes = 20

export const celebritiesProcedures = {
  list: procedures.list.use(staff).handler(async ({ context, input }) => {
    const page = await context.transaction((tx) => listCelebrities(tx, input))
    const url = await signPhotos(context, { 'celebrity-images': page.items.flatMap(photosOf) })
    return { ...page, items: page.items.map((row) => viewSummary(row, url)) }
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
    const {
      bio,
      image_hash,
      image_width,
      image_height,
      faces_found,
      embedding_model,
      analyzed_at,
      updated_at,
    } = row
    return {
      ...viewSummary(row, url),
      ...readAttributes(row),
      ...{
        bio,
        image_hash,
        image_width,
        image_height,
        faces_found,
        embedding_model,
        analyzed_at,
        updated_at,
      },
      detection_box: readBox(row.detection_box),
      job: row.job,
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
    const photo = await context.transaction((tx) => deleteCelebrity(tx, input.id))
    await removePhotos(context, 'celebrity-images', photo)
    return {}
  }),
}

function photosOf(row: CelebrityRow): (string | null)[] {
  return [viewOf(row), row.thumbnail_path]
}

function viewSummary(row: CelebrityRow, url: PhotoUrls): CelebritySummary {
  const { id, name, category, gender, age, quality_score, expression, state, error_message, created_at } = row
  return {
    ...{ id, name, category, gender, age, quality_score, expression, state, error_message, created_at },
    image_url: url('celebrity-images', viewOf(row)),
    thumbnail_url: url('celebrity-images', row.thumbnail_path ?? row.image_path),
  }
}
