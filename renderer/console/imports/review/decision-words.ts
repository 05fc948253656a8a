import type { Decision } from '../../../../core/celebrities/contract-import-schemas'
import { formatLabel } from '../../../kit/format'

const words: Record<Decision['kind'], string> = {
  accept: 'Accepted',
  reject: 'Rejected',
  face: 'Another face',
  same_person: 'Same person',
  different_person: 'Different person',
  describe: 'Described',
  reset: 'Back to the plan',
}

/** What was decided, for a person. */
export function decisionWords(kind: string): string {
  return kind in words ? words[kind as Decision['kind']] : formatLabel(kind)
}
