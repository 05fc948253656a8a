import {
  leastComponentsSchema,
  qualityComponentNames,
  qualityComponentWords,
  type LeastComponents,
} from '../../../core/model/quality'

/** The least values as one line, by the names that the detail panes use: `Sharpness 40, Turn 60`. */
export function leastText(value: unknown): string {
  const least = leastComponentsSchema.safeParse(value)
  if (!least.success) return JSON.stringify(value)
  return qualityComponentNames
    .flatMap((name) => {
      const number = least.data[name]
      return number === undefined ? [] : [`${qualityComponentWords[name].label} ${number}`]
    })
    .join(', ')
}

/** The other way round, in any case and with or without colons; undefined where a part is not understood. */
export function leastOf(text: string): LeastComponents | undefined {
  const entries: [string, number][] = []
  for (const part of text.split(/[,;\n]/).filter((part) => part.trim() !== '')) {
    const [, words, number] = /^\s*(.*?)[\s:=]+(\d+(?:\.\d+)?)\s*$/.exec(part) ?? []
    const plain = words?.toLowerCase().replaceAll('_', ' ')
    const name = qualityComponentNames.find((name) =>
      [name.replaceAll('_', ' '), qualityComponentWords[name].label.toLowerCase()].includes(plain ?? ''),
    )
    if (!name || entries.some(([known]) => known === name)) return undefined
    entries.push([name, Number(number)])
  }
  const least = leastComponentsSchema.safeParse(Object.fromEntries(entries))
  return least.success ? least.data : undefined
}
