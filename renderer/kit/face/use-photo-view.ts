import { useCallback, useState } from 'react'

/** What is drawn over a photo, and how near one looks. */
export interface PhotoView {
  landmarks: boolean
  contours: boolean
  /** The triangles between the landmarks. */
  mesh: boolean
  box: boolean
  zoomed: boolean
}

const storageKey = 'semblance.photo-view'
const initial: PhotoView = { landmarks: true, contours: true, mesh: false, box: false, zoomed: false }

function remembered(): PhotoView {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Record<string, unknown>
    const flag = (name: keyof PhotoView) => {
      const value = stored[name]
      return typeof value === 'boolean' ? value : initial[name]
    }
    return {
      landmarks: flag('landmarks'),
      contours: flag('contours'),
      mesh: flag('mesh'),
      box: flag('box'),
      zoomed: flag('zoomed'),
    }
  } catch {
    return initial
  }
}

/** The view of photos that this browser used last: who walks through faces wants the next one drawn as this one. */
export function usePhotoView(): [PhotoView, (view: PhotoView) => void] {
  const [view, setView] = useState(remembered)
  const change = useCallback((next: PhotoView) => {
    setView(next)
    try {
      localStorage.setItem(storageKey, JSON.stringify(next))
    } catch {
      // A browser that keeps nothing still shows what was asked for.
    }
  }, [])
  return [view, change]
}
