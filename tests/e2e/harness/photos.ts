import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { sampleFaceSvg, samples } from '../../../core/samples/sample-people'
import { photosFolder } from './directories'

/** The files that a scenario works with, in a folder of their own. */
export interface ScenarioPhotos {
  /** One photo of somebody, and the name that its file suggests. */
  celebrity: { file: string; name: string }
  /** A folder of photos, one a person, with a file that is none. */
  folder: { path: string; names: string[] }
  /** A new face for `person`: that of the sample before him, once more in another file, so it must match hers. */
  face: { person: string; file: string }
}

/** Celebrities are real people where their photos lie beside the checkout, else drawn ones. */
export async function preparePhotos(directory: string): Promise<ScenarioPhotos> {
  const folder = join(directory, 'folder')
  mkdirSync(folder, { recursive: true })
  const face = join(directory, 'face.png')
  await drawFace(0, 'person', face)
  const people = ['Winona_Ryder', 'Uma_Thurman', 'Venus_Williams', 'Aaron_Eckhart']
  const files = await Promise.all(
    people.map((person, index) => photoOf(person, index, index === 0 ? directory : folder)),
  )
  cpSync(join(import.meta.dirname, 'photos.ts'), join(folder, 'notes.txt'))
  const names = people.map((person) => person.replace('_', ' '))
  return {
    celebrity: { file: files[0] ?? '', name: names[0] ?? '' },
    folder: { path: folder, names: names.slice(1) },
    face: { person: samples()[1]?.name ?? '', file: face },
  }
}

async function photoOf(person: string, index: number, directory: string): Promise<string> {
  const real = join(photosFolder() ?? '', 'lfw', person)
  const [first] = existsSync(real) ? readdirSync(real).sort() : []
  const file = join(directory, `${person}${first ? '.jpg' : '.png'}`)
  if (first) cpSync(join(real, first), file)
  else await drawFace(1000 + index, 'celebrity', file)
  return file
}

/** A sample's face once more, of another size than its own, so that it is another file. */
export async function drawFace(index: number, kind: 'person' | 'celebrity', file: string): Promise<void> {
  const svg = sampleFaceSvg({
    kind,
    index,
    name: '',
    gender: index % 2 === 0 ? 'female' : 'male',
    email: '',
    school: '',
    category: '',
    id: '',
  })
  await sharp(Buffer.from(svg)).resize({ height: 720 }).flatten({ background: '#fff' }).png().toFile(file)
}

/** A photo to give somebody: of a real person where photos lie beside the checkout, else a drawn one. */
export async function newPhoto(directory: string): Promise<string> {
  const folder = join(photosFolder() ?? '', 'lfw', 'Winona_Ryder')
  if (existsSync(folder)) return join(folder, readdirSync(folder).sort()[0] ?? '')
  const file = join(directory, 'new-photo.png')
  await drawFace(1000, 'celebrity', file)
  return file
}
