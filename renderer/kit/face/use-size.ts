import { useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** The size of an element's content box in CSS pixels, kept up to date; null until it is laid out. */
export function useSize<T extends HTMLElement>(): [
  RefObject<T | null>,
  { width: number; height: number } | null,
] {
  const ref = useRef<T>(null)
  const [size, setSize] = useState<{ width: number; height: number } | null>(null)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, size]
}
