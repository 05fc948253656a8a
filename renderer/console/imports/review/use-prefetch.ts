import { useEffect, useRef } from 'react'
import type { ImportFileDetail } from '../../../../core/celebrities/contract-import-schemas'
import { useConnection } from '../../../rpc/connection'
import { isPicture } from '../import-words'

/** Images that are kept ready: what comes next is shown at once. */
const mostImages = 12

/** Loads what comes next: data and photos of these files, in this order, while nobody waits for them. */
export function usePrefetch(id: string, fileIds: readonly number[]): void {
  const { api, queries } = useConnection()
  const images = useRef(new Map<string, HTMLImageElement>())
  const key = fileIds.join(' ')
  useEffect(() => {
    let isOver = false
    const keep = (url: string | null) => {
      const kept = images.current
      if (!url || kept.has(url)) return
      const image = new Image()
      image.decoding = 'async'
      image.src = url
      kept.set(url, image)
      for (const oldest of kept.keys()) {
        if (kept.size <= mostImages) break
        kept.delete(oldest)
      }
    }
    const load = async () => {
      for (const fileId of key.split(' ').filter(Boolean)) {
        if (isOver) return
        const options = api.imports.file.queryOptions({ input: { id, file_id: Number(fileId) } })
        const detail: ImportFileDetail | null = await queries
          .query({ ...options, staleTime: 'static' })
          .catch(() => null)
        keep(detail && isPicture(detail) ? detail.image_url : null)
        keep(detail?.reference?.thumbnail_url ?? null)
      }
    }
    void load()
    return () => {
      isOver = true
    }
  }, [key, id, api, queries])
}
