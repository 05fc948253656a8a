import { implement } from '@orpc/server'
import type { Context } from '../access/context'
import { signPhotos, viewOf, type PhotoUrls } from '../access/photo-urls'
import {
  accessFirst,
  admin,
  answerErrors,
  requireSelfOr,
  signedIn,
  signedInHere,
  staff,
} from '../access/procedure'
import { SemblanceError } from '../model/errors'
import { accountsContract, type PersonSummary } from './contract'
import { addFace, removeFace } from './edit-faces'
import { facesOf, ownerOfFace, viewFace } from './faces'
import { createFirstAdmin } from './first-admin'
import { findMe, findPerson, listPeople, listSchools, meWhileAway, type PersonRow } from './profiles'

const procedures = implement(accountsContract, accessFirst).$context<Context>().use(answerErrors)

export const accountsProcedures = {
  me: procedures.me
    .use(signedInHere)
    .handler(({ context }) =>
      context.isAway ? meWhileAway(context) : context.transaction((tx) => findMe(tx, context.caller)),
    ),

  createFirstAdmin: procedures.createFirstAdmin.handler(async ({ context, input }) => {
    if (!context.request.local) {
      throw new SemblanceError(
        'FORBIDDEN',
        'The first admin can only be made on the machine that runs Semblance.',
      )
    }
    return createFirstAdmin(context.database, context.users, input)
  }),

  list: procedures.list.use(staff).handler(async ({ context, input }) => {
    const page = await context.transaction((tx) => listPeople(tx, input))
    const url = await signPhotos(context, { faces: page.items.map(shownPhoto) })
    return { ...page, items: page.items.map((row) => viewPerson(row, url)) }
  }),

  schools: procedures.schools.use(staff).handler(({ context }) => context.transaction(listSchools)),

  get: procedures.get.use(signedIn).handler(async ({ context, input }) => {
    requireSelfOr('moderator', context, input.id)
    const [person, faces] = await context.transaction(
      async (tx) => [await findPerson(tx, input.id), await facesOf(tx, input.id)] as const,
    )
    const paths = faces.flatMap((face) => [viewOf(face), face.thumbnail_path])
    const url = await signPhotos(context, { faces: [shownPhoto(person), ...paths] })
    return { ...viewPerson(person, url), face_list: faces.map((face) => viewFace(face, url)) }
  }),

  addFace: procedures.addFace.use(signedIn).handler(async ({ context, input }) => {
    requireSelfOr('curator', context, input.profile_id)
    return { face_id: await addFace(context, input) }
  }),

  removeSecondFactors: procedures.removeSecondFactors.use(admin).handler(async ({ context, input }) => {
    // As the admin: who is not there for them has no factors to remove either.
    await context.transaction((tx) => findPerson(tx, input.id))
    const removed = await context.users.removeSecondFactors(input.id)
    context.log.info({ by: context.caller.id, of: input.id, removed }, 'second factors were removed')
    return { removed }
  }),

  removeFace: procedures.removeFace.use(signedIn).handler(async ({ context, input }) => {
    requireSelfOr('curator', context, await context.transaction((tx) => ownerOfFace(tx, input.face_id)))
    await removeFace(context, input.face_id)
    return {}
  }),
}

/** The thumbnail of the default face, or the photo itself while there is none. */
function shownPhoto(row: PersonRow): string | null {
  return row.thumbnail_path ?? row.image_path
}

function viewPerson(row: PersonRow, url: PhotoUrls): PersonSummary {
  const { id, name, email, gender, school, role, default_face_id, faces, matches, created_at } = row
  const thumbnail_url = url('faces', shownPhoto(row))
  return { id, name, email, gender, school, role, default_face_id, thumbnail_url, faces, matches, created_at }
}
