import { createHash } from 'node:crypto'
import { type FaceConfig, faceToSvgString, generate } from 'facesjs'
import type { DetectedGender } from '../model/face'

/** A made-up person or celebrity. The same index gives the same one on every machine. */
export interface Sample {
  kind: 'person' | 'celebrity'
  index: number
  name: string
  gender: DetectedGender
  /** People: unique, in a domain that can't receive mail. */
  email: string
  school: string
  category: string
  /** Celebrities: made from the index, so that loading twice finds the same row. */
  id: string
}

export const samplePeopleCount = 60
export const sampleCelebrityCount = 30
export const sampleEmailDomain = 'sample.semblance.edu'

const schools = ['Northfield College', 'Harbour School']
const categories = ['actor', 'musician', 'athlete', 'influencer']
const firstNames: Record<DetectedGender, string[]> = {
  female: [
    ...[
      'Ada',
      'Amara',
      'Beatrix',
      'Chiara',
      'Dalia',
      'Elif',
      'Freya',
      'Greta',
      'Hana',
      'Ines',
      'Jamila',
      'Keiko',
    ],
    ...[
      'Leila',
      'Mira',
      'Noor',
      'Olga',
      'Petra',
      'Rania',
      'Saoirse',
      'Tamar',
      'Uma',
      'Vera',
      'Wanda',
      'Yara',
      'Zoya',
    ],
  ],
  male: [
    ...[
      'Anton',
      'Bilal',
      'Cormac',
      'Dario',
      'Emeka',
      'Felix',
      'Goran',
      'Hiro',
      'Ivo',
      'Jonas',
      'Kofi',
      'Luca',
    ],
    ...[
      'Marek',
      'Nils',
      'Omar',
      'Pavel',
      'Quentin',
      'Rafael',
      'Sven',
      'Tariq',
      'Ulises',
      'Viktor',
      'Wim',
      'Yusuf',
      'Zoran',
    ],
  ],
}
const lastNames = [
  ...[
    'Abara',
    'Bergström',
    'Castellanos',
    'Dvořák',
    'Eriksen',
    'Fontaine',
    'Grau',
    'Haddad',
    'Ibarra',
    'Jansen',
  ],
  ...[
    'Kowalczyk',
    'Lindqvist',
    'Moreau',
    'Nakagawa',
    'Okafor',
    'Petrov',
    'Quispe',
    'Rossi',
    'Sandoval',
    'Takeda',
  ],
  ...['Ueda', 'Varga', 'Weiss', 'Xu', 'Yilmaz', 'Zhou', 'Almeida', 'Brandt', 'Cohen', 'Duarte', 'Engel'],
]

/** The sample people, then the sample celebrities. Girls and boys alternate, and so do schools, in equal parts. */
export function samples(): Sample[] {
  const people = Array.from({ length: samplePeopleCount }, (_, index) => sample('person', index))
  const celebrities = Array.from({ length: sampleCelebrityCount }, (_, index) => sample('celebrity', index))
  return [...people, ...celebrities]
}

function sample(kind: Sample['kind'], index: number): Sample {
  const gender = index % 2 === 0 ? 'female' : 'male'
  const place = kind === 'person' ? index : samplePeopleCount + index
  const first = firstNames[gender][(place >> 1) % firstNames[gender].length]
  const last = lastNames[(place * 7) % lastNames.length]
  return {
    kind,
    index,
    name: `${first} ${last}`,
    gender,
    email: `person-${String(index + 1).padStart(2, '0')}@${sampleEmailDomain}`,
    school: schools[(index >> 1) % schools.length],
    category: categories[index % categories.length],
    id: stableUuid(`semblance sample ${kind} ${index}`),
  }
}

/**
 * The sample's drawn face as SVG, 400 × 600, the same at every call. Every boy among the people is drawn as a relative
 * of the girl before him, who goes to the same school: strangers' drawings hardly ever look alike.
 */
export function sampleFaceSvg(sample: Sample): string {
  return faceToSvgString(sampleFace(sample))
}

function sampleFace({ kind, index, gender }: Sample): FaceConfig {
  const relative = kind === 'person' && index % 2 === 1 ? sampleFace(sample('person', index - 1)) : undefined
  return seeded(`${kind} ${index}`, () => generate(bareFaced, { gender, ...(relative ? { relative } : {}) }))
}

/** What hides the face (masks, hats, glasses) is left out: the detector would miss it. */
const bareFaced = { glasses: { id: 'none' }, accessories: { id: 'none' } }

/** facesjs takes no seed, so its source of randomness is replaced while it runs; it runs synchronously. */
function seeded<T>(seed: string, work: () => T): T {
  const original = Math.random
  Math.random = mulberry32(createHash('md5').update(seed).digest().readUInt32LE(0))
  try {
    return work()
  } finally {
    Math.random = original
  }
}

/** Tommy Ettinger's mulberry32: a 32-bit generator that is good enough to draw faces. */
function mulberry32(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A UUID (version 8 of RFC 9562: its bits are ours) made from a text. */
function stableUuid(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = (bytes[6] & 0x0f) | 0x80
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
