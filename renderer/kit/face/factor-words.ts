import type { FactorName } from '../../../core/model/weights'

/** What people call the factors. */
export const factorLabels: Record<FactorName, string> = {
  embedding: 'Embedding',
  geometry: 'Geometry',
  age: 'Age',
  symmetry: 'Symmetry',
  skin_tone: 'Skin tone',
  expression: 'Expression',
}

/** What each factor compares, for tooltips. */
export const factorMeanings: Record<FactorName, string> = {
  embedding: 'How near the two faces stand in the space of the recogniser',
  geometry: 'How alike the proportions between the landmarks are',
  age: 'How near the two estimated ages are',
  symmetry: 'How alike the left-right symmetry of the two faces is',
  skin_tone: 'How near the two skin colours look (CIELAB)',
  expression: 'How alike the expressions are',
}
