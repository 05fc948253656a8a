/** An embedding model (`pack/recogniser/alignment`) as people call it: by its pack. */
export function modelName(model: string | null): string {
  return model === null ? 'Mixed' : (model.split('/')[0] ?? model)
}
