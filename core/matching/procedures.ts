import { implement } from '@orpc/server'
import type { Context } from '../access/context'
import { signPhotos, type PhotoUrls } from '../access/photo-urls'
import { accessFirst, answerErrors, requireSelfOr, signedIn, staff } from '../access/procedure'
import { SemblanceError } from '../model/errors'
import { matchingContract, type MatchSummary } from './contract'
import { findLookalikePair, findMatchPair, photosOfPair, viewPair } from './inspect-pair'
import { readMatchRules } from './search'
import {
  listMatches,
  lookalikesOfFace,
  matchesOfFace,
  type ListedMatch,
  type MatchSide,
} from './list-matches'

const procedures = implement(matchingContract, accessFirst).$context<Context>().use(answerErrors)

/** More than a face ever gets by any sensible `match_limit`. */
const mostMatches = 200

export const matchingProcedures = {
  list: procedures.list.use(staff).handler(async ({ context, input }) => {
    const page = await context.transaction((tx) => listMatches(tx, input))
    const url = await signPhotos(context, { faces: page.items.flatMap(photosOf) })
    return { ...page, items: page.items.map((match) => viewMatch(match, url)) }
  }),

  get: procedures.get.use(staff).handler(async ({ context, input }) => {
    const found = await context.transaction((tx) => findMatchPair(tx, input.id))
    return { id: input.id, ...viewPair(found, await signPhotos(context, photosOfPair(found))) }
  }),

  getLookalike: procedures.getLookalike.use(staff).handler(async ({ context, input }) => {
    const found = await context.transaction((tx) => findLookalikePair(tx, input.id))
    const view = viewPair(found, await signPhotos(context, photosOfPair(found)))
    return { id: input.id, celebrity_id: found.celebrityId, ...view }
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
      faces: matches.flatMap(photosOf),
      'celebrity-images': lookalikes.map(({ celebrity }) => celebrity.photo),
    })
    return {
      matches: matches.map((match) => viewMatch(match, url)),
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

function photosOf({ a, b }: ListedMatch): string[] {
  return [a.photo, b.photo]
}

function viewMatch(match: ListedMatch, url: PhotoUrls): MatchSummary {
  const { id, similarity_score, factors, created_at, a, b } = match
  return { id, similarity_score, factors, created_at, a: viewSide(a, url), b: viewSide(b, url) }
}

function viewSide({ face_id, profile_id, name, school, gender, age, photo }: MatchSide, url: PhotoUrls) {
  return { face_id, profile_id, name, school, gender, age, thumbnail_url: url('faces', photo) }
}
