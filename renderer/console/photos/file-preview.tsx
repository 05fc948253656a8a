import { ImageOff } from 'lucide-react'
import { useCallback, useState } from 'react'

/** A picture of a file that is not uploaded; a sign where the browser can't show it. */
export function FilePreview({ file, alt, className }: { file: File; alt: string; className: string }) {
  const [unreadable, setUnreadable] = useState<File | null>(null)
  const show = useCallback(
    (image: HTMLImageElement) => {
      const url = URL.createObjectURL(file)
      image.src = url
      return () => URL.revokeObjectURL(url)
    },
    [file],
  )
  if (unreadable === file) {
    return (
      <span className={`grid place-items-center ${className}`}>
        <ImageOff className="size-4 stroke-[1.5] text-ink-3" aria-label="No preview" />
      </span>
    )
  }
  return (
    <img
      ref={show}
      alt={alt}
      decoding="async"
      draggable={false}
      className={className}
      onError={() => setUnreadable(file)}
    />
  )
}
