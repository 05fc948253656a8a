import type { FoundFile } from '../photos/dropped-files'
import { photoProblem } from '../photos/photo-problem'
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

/** Sorts what was picked or dropped into photos with a guessed name and files that are left out with the reason. */
export function reviewOf(files: readonly FoundFile[]): Review {
  const items: ReviewItem[] = []
  const leftOut: LeftOut[] = []
  for (const found of files) {
    const reason = photoProblem(found.file)
    if (reason) leftOut.push({ path: found.path, reason })
    else items.push({ ...found, id: items.length, name: guessName(found.path), isIncluded: true })
  }
  return { items, leftOut }
}

/** What an import would take: chosen, and with a name. */
export function chosenItems(items: readonly ReviewItem[]): ReviewItem[] {
  return items.filter((item) => item.isIncluded && item.name.trim() !== '')
}
