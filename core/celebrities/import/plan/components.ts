import { qualityComponentsSchema, type StoredQualityComponents } from '../../../model/quality'

/** Other versions may have written them: what does not fit counts as not known. */
export function storedComponents(value: unknown): StoredQualityComponents | null {
  return qualityComponentsSchema.nullable().safeParse(value).data ?? null
}
