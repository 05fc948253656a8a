import { implement } from '@orpc/server'
import type { Context } from '../access/context'
import { signPhotos } from '../access/photo-urls'
import { accessFirst, answerErrors, judge, requireSelfOr, signedIn, staff } from '../access/procedure'
import { SemblanceError } from '../model/errors'
import type { Role } from '../model/roles'
import { matchingContract } from './contract'
import type { MatchFilters } from './contract-list'
import { lookalikesOfFace, matchesOfFace, photosOfFaceMatch, viewFaceMatch } from './list/face-matches'
import { markViewed, readFeed, setLike, viewEntry } from './list/feed'
import { historyOf } from './pair/history'
import { findPair, photosOfPair, viewPair } from './pair/inspect-pair'
import {
  countMatches,
  idsOfMatches,
  listMatches,
  modelsOfMatches,
  photosOfMatch,
  viewListedMatch,
} from './list/list-matches'
import {
  findNearest,
  photosOfNearest,
  queryByCelebrity,
  queryByFace,
  queryByNumbers,
  viewNearest,
} from './search/nearest'
import { lifeOfMatch, seesConnections } from './pair/pair-life'
import { analyzePhoto, photoTurns, viewPhoto } from './search/photo-search'
import { standingOf } from './pair/population'
import { listRemovals, recomputeScores, removeMatches, undoRemovals } from './rows/removal'
import { readMatchRules } from './search/search'

const procedures = implement(matchingContract, accessFirst).$context<Context>().use(answerErrors)

/** More than a face ever gets by any sensible `match_limit`. */
const mostMatches = 200

export const matchingProcedures = {
  feed: procedures.feed.use(signedIn).handler(async ({ context, input }) => {
    const { items, next_cursor } = await context.transaction((tx) => readFeed(tx, input))
    const url = await signPhotos(context, { faces: items.map((entry) => entry.thumbnail_path) })
    return { items: items.map((entry) => viewEntry(entry, url)), next_cursor }
  }),

  like: procedures.like
    .use(signedIn)
    .handler(({ context, input }) => context.transaction((tx) => setLike(tx, context.caller.id, input))),

  markViewed: procedures.markViewed.use(signedIn).handler(async ({ context, input }) => {
    await context.transaction((tx) => markViewed(tx, context.caller.id, input.ids))
    return {}
  }),

  list: procedures.list.use(staff).handler(async ({ context, input }) => {
    requireVisible(input, context.role)
    const { items, ...page } = await context.transaction((tx) => listMatches(tx, input))
    const url = await signPhotos(context, { faces: items.flatMap(photosOfMatch) })
    return { ...page, items: items.map((match) => viewListedMatch(match, url)) }
  }),

  count: procedures.count.use(staff).handler(async ({ context, input }) => {
    requireVisible(input, context.role)
    return { total: await context.transaction((tx) => countMatches(tx, input)) }
  }),

  ids: procedures.ids.use(staff).handler(async ({ context, input }) => {
    requireVisible(input, context.role)
    return { ids: await context.transaction((tx) => idsOfMatches(tx, input)) }
  }),

  models: procedures.models.use(staff).handler(({ context }) => context.transaction(modelsOfMatches)),

  get: procedures.get.use(staff).handler(async ({ context, input: { id } }) => {
    const { found, life } = await context.transaction(async (tx) => {
      const found = await findPair(tx, { id, kind: 'match' })
      const people = { a: found.a.profile_id, b: found.b.profile_id, role: context.role }
      return { found, life: await lifeOfMatch(tx, id, people) }
    })
    return { ...viewPair(found, await signPhotos(context, photosOfPair(found))), ...life }
  }),

  getLookalike: procedures.getLookalike.use(staff).handler(async ({ context, input: { id } }) => {
    const found = await context.transaction((tx) => findPair(tx, { id, kind: 'lookalike' }))
    const view = viewPair(found, await signPhotos(context, photosOfPair(found)))
    return { ...view, celebrity_id: found.b.celebrity_id ?? '' }
  }),

  standing: procedures.standing
    .use(staff)
    .handler(({ context, input }) => context.transaction((tx) => standingOf(tx, input))),

  history: procedures.history
    .use(staff)
    .handler(({ context, input }) => context.transaction((tx) => historyOf(tx, input))),

  nearest: procedures.nearest.use(staff).handler(async ({ context, input }) => {
    const found = await context.transaction(async (tx) => {
      const byFace = 'face_id' in input
      return findNearest(
        tx,
        byFace
          ? await queryByFace(tx, input.face_id, input.limit)
          : await queryByCelebrity(tx, input.celebrity_id, input.limit),
      )
    })
    return viewNearest(found, await signPhotos(context, photosOfNearest(found)))
  }),

  searchByPhoto: procedures.searchByPhoto.use(staff).handler(({ context, input, signal }) =>
    photoTurns.take(
      context.caller.id,
      async () => {
        const { photo, face_index: index, limit } = input
        const searched = await analyzePhoto(context, photo, { index, signal })
        const query = queryByNumbers(searched.face, searched.analysis.embedding_model, limit)
        const found = await context.transaction((tx) => findNearest(tx, query))
        const nearest = viewNearest(found, await signPhotos(context, photosOfNearest(found)))
        return { ...viewPhoto(searched, index), ...nearest }
      },
      signal,
    ),
  ),

  recompute: procedures.recompute.use(staff).handler(async ({ context, input }) => {
    const results = await context.transaction((tx) => recomputeScores(tx, input.ids, input.kind))
    const isChanged = ({ before, after }: (typeof results)[number]) => after !== null && after !== before
    return { results, changed: results.filter(isChanged).length }
  }),

  remove: procedures.remove.use(judge).handler(({ context, input: { ids, reason, batch_id: batchId } }) => {
    return context.transaction((tx) => removeMatches(tx, { ids, reason, batchId }))
  }),

  undoRemove: procedures.undoRemove.use(judge).handler(({ context, input }) => {
    return context.transaction((tx) => undoRemovals(tx, input))
  }),

  removals: procedures.removals.use(judge).handler(({ context, input }) => {
    return context.transaction((tx) => listRemovals(tx, input))
  }),

  ofFace: procedures.ofFace.use(signedIn).handler(async ({ context, input }) => {
    const { matches, lookalikes } = await context.transaction(async (tx) => {
      const face = await tx
        .selectFrom('faces')
        .select('profile_id')
        .where('id', '=', input.face_id)
        .executeTakeFirst()
      if (!face) throw new SemblanceError('NOT_FOUND', 'This face is no longer there.')
      requireSelfOr('moderator', context, face.profile_id)
      // Celebrities who came later have pushed others out of the best ones; those keep their row until a rescore.
      const { celebrity_match_limit } = await readMatchRules(tx)
      return {
        matches: await matchesOfFace(tx, input.face_id, mostMatches),
        lookalikes: await lookalikesOfFace(tx, input.face_id, celebrity_match_limit),
      }
    })
    const url = await signPhotos(context, {
      faces: matches.flatMap(photosOfFaceMatch),
      'celebrity-images': lookalikes.map(({ celebrity }) => celebrity.photo),
    })
    return {
      matches: matches.map((match) => viewFaceMatch(match, url)),
      lookalikes: lookalikes.map(({ id, similarity_score, factors, created_at, celebrity }) => ({
        ...{ id, similarity_score, factors, created_at },
        celebrity: {
          ...{ id: celebrity.id, name: celebrity.name, category: celebrity.category },
          thumbnail_url: url('celebrity-images', celebrity.photo),
        },
      })),
    }
  }),
}

/** A filter by what the caller may not see would find nothing, and say so by it. */
function requireVisible({ connection }: MatchFilters, role: Role): void {
  if (connection === undefined || seesConnections(role)) return
  throw new SemblanceError('FORBIDDEN', 'Only a moderator or an admin sees who is connected.')
}
