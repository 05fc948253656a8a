import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { photosFolder } from './directories'

/** A folder of real people, each with a folder of their own, and what goes wrong in real folders. */
export interface ImportPhotos {
  path: string
  /** People with photos, by name. */
  people: number
  files: number
  /** The one whose name lies over a photo of several people. */
  group: string
}

/** Null where the photos of real people do not lie beside the checkout. */
export function prepareImport(directory: string): ImportPhotos | null {
  const source = photosFolder()
  const lfw = join(source ?? '', 'lfw')
  if (!existsSync(lfw)) return null
  const folder = join(directory, 'Actors')
  mkdirSync(folder, { recursive: true })
  const all = readdirSync(lfw).sort()
  const several = all.filter((person) => readdirSync(join(lfw, person)).length >= 3).slice(0, 6)
  const people = [...new Set([...several, ...all.slice(0, 12)])]
  let files = 0
  for (const person of people) {
    cpSync(join(lfw, person), join(folder, person), { recursive: true })
    files += readdirSync(join(lfw, person)).length
  }
  const [first = ''] = people
  const [photo = ''] = readdirSync(join(lfw, first))
  // The same bytes once more, a photo of several people, and a file that only says that it is one.
  cpSync(join(lfw, first, photo), join(folder, first, 'once more.jpg'))
  const group = 'Grace Group'
  mkdirSync(join(folder, 'Grace_Group'))
  cpSync(join(source ?? '', 'groups', 'couple.jpg'), join(folder, 'Grace_Group', 'couple.jpg'))
  writeFileSync(join(folder, first, 'broken.jpg'), 'not a photo at all')
  return { path: folder, people: people.length + 1, files: files + 3, group }
}
