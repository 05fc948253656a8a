/** Which pair: of two people, or of a person and a celebrity. */
export interface PairRef {
  id: string
  kind: 'match' | 'lookalike'
}
