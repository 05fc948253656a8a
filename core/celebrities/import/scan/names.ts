import { nameFromStem, turnRound } from '../../../model/guess-name'

/** Letters of a name at most. */
const mostLetters = 200

/** A name, and the text that it was made of. */
export interface Named {
  name: string
  original: string
}

/**
 * A name that somebody wrote down: NFC, single spaces instead of underscores, "Last, First" turned round. Its numbers and
 * letters stay as they are.
 * @returns '' where no letter is in it
 */
export function normalizeName(text: string): string {
  const words = text.normalize('NFC').replace(/_+/g, ' ').replace(/\s+/g, ' ').trim()
  if (!/\p{L}/u.test(words)) return ''
  return turnRound(words)
}

/** Who the name of a file or folder says; null where it is a camera's, a number, nothing, or can't be read as a whole. */
export function nameIn(text: string): Named | null {
  if (text.includes('�')) return null
  const name = cut(nameFromStem(text))
  return name === '' ? null : { name, original: cut(text.normalize('NFC')) }
}

const cut = (text: string) => Array.from(text).slice(0, mostLetters).join('').trim()

const between = /\p{L}\s+(and|und|et|&|\+|with|mit|feat\.?|ft\.?|vs\.?)\s+\p{L}|\p{L}\s*[&+]\s*\p{L}/iu
const ofGroup = /\s(band|duo|trio|family|familie|brothers|sisters|twins)$/i

/** Whether a name may be that of several people: "Ann and Bob", "Simon & Garfunkel", "Jonas Brothers". */
export const mayBeSeveral = (name: string): boolean => between.test(name) || ofGroup.test(name)

/** The name of a file without its ending. */
export const stemOf = (file: string): string => file.replace(/\.[^.\s]{1,5}$/u, '')

/** Folders of these names hold many people, or anything. */
const collections = new Set(
  (
    'actors actresses artists athletes authors comedians dancers directors famous faces footballers gallery images ' +
    'import influencers leaders men models musicians originals photos pictures players politicians portraits presenters ' +
    'rappers scientists singers sports stars thumbnails women writers all new old misc other others ' +
    'bilder fotos frauen männer schauspieler schauspielerinnen musiker musikerinnen sänger sängerinnen sportler ' +
    'sportlerinnen politiker politikerinnen prominente personen portraits porträts ' +
    'camera dcim desktop documents downloads incoming schreibtisch tmp upload uploads'
  ).split(' '),
)
/** As systems and cameras call them: "New Folder (2)", "100CANON". */
const nobodysFolder = /^(new folder|neuer ordner|camera roll|\d{3}[a-z_]{5})/i

export interface PhotoFolder {
  /** Its name; for the whole source that of the folder or ZIP. */
  name: string
  /** It is the whole source, in which folders and photos of many people lie. */
  isRoot: boolean
  /** Whether folders lie in it that photos may be in. */
  hasFolders: boolean
  /** The names of the photos in it, without their endings. */
  stems: readonly string[]
}

/**
 * Whose photos lie in a folder, where they are one person's: "Tom Hanks/IMG_2231.jpg", "tom_hanks/red carpet.jpg". A folder
 * with photos of many, "actors/tom_hanks.jpg", is nobody's: then each file is asked for its name.
 *
 * It is one person's where the files have no names of their own, or repeat its name, or where it has several words and
 * is neither the whole source nor one with further folders in it.
 */
export function personOfFolder({ name, isRoot, hasFolders, stems }: PhotoFolder): Named | null {
  const person = nameIn(name)
  if (!person || collections.has(person.name.toLowerCase()) || nobodysFolder.test(name)) return null
  const own = stems.map((stem) => nameIn(stem)?.name ?? null)
  if (own.every((one) => one === null)) return isRoot && hasFolders ? null : person
  if (isRoot) return null
  const wanted = comparable(person.name)
  if (own.some((one) => one !== null && comparable(one).startsWith(wanted))) return person
  if (hasFolders) return null
  return person.name.includes(' ') || !mostArePeople(own) ? person : null
}

/** Whether most files have a name of several words, and hardly two the same. */
function mostArePeople(names: readonly (string | null)[]): boolean {
  const full = names.filter((name): name is string => name?.includes(' ') ?? false)
  return full.length * 2 > names.length && new Set(full.map(comparable)).size * 2 > full.length
}

const comparable = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
