import { useCallback } from 'react'

/** A picture of a file that is not uploaded. */
export function FilePreview({ file, alt, className }: { file: File; alt: string; className: string }) {
  const show = useCallback(
    (image: HTMLImageElement) => {
      const url = URL.createObjectURL(file)
      image.src = url
      return () => URL.revokeObjectURL(url)
    },
    [file],
  )
  return <img ref={show} alt={alt} decoding="async" draggable={false} className={className} />
}
