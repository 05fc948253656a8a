import { checkImage } from '../../rpc/upload'
import type { FoundFile } from '../photos/dropped-files'
import { guessName } from '../../../core/model/guess-name'

/** A photo that may be imported, as the person reviews it. */
export interface ReviewItem extends FoundFile {
  id: number
  name: string
  isIncluded: boolean
}

/** A file that can't be imported, and why. */
export interface LeftOut {
  path: string
  reason: string
}

export interface Review {
  items: readonly ReviewItem[]
  leftOut: readonly LeftOut[]
}

function problemOf(file: File): string | null {
  try {
    checkImage(file)
    return null
  } catch (error) {
    // The row says which file it is.
    const reason = error instanceof Error ? error.message : 'It can’t be read.'
    return reason.startsWith(file.name)
      ? reason
          .slice(file.name.length)
          .replace(/^:?\s+/, '')
          .replace(/^./, upper)
      : reason
  }
}

const upper = (letter: string) => letter.toUpperCase()

/** Sorts what was picked or dropped into photos with a guessed name and files that are left out with the reason. */
export function reviewOf(files: readonly FoundFile[]): Review {
  const items: ReviewItem[] = []
  const leftOut: LeftOut[] = []
  for (const found of files) {
    const reason = problemOf(found.file)
    if (reason) leftOut.push({ path: found.path, reason })
    else items.push({ ...found, id: items.length, name: guessName(found.path), isIncluded: true })
  }
  return { items, leftOut }
}

/** What an import would take: chosen, and with a name. */
export function chosenItems(items: readonly ReviewItem[]): ReviewItem[] {
  return items.filter((item) => item.isIncluded && item.name.trim() !== '')
}
