import { useState } from 'react'
import { cx } from './class-names'

/** Up to two initials of a name. */
function initials(name: string | null): string {
  const words = (name ?? '').trim().split(/\s+/).filter(Boolean)
  const last = words.length > 1 ? words.at(-1) : undefined
  return `${words[0]?.[0] ?? '?'}${last?.[0] ?? ''}`.toUpperCase()
}

/**
 * A face-centred square, `size` pixels wide ('fill': as wide as its box). Where there is no image, or it can't be
 * loaded, the initials stand there. It is decoration beside a name, so it has no text of its own.
 */
export function Thumbnail({
  src,
  name,
  size = 24,
  className,
}: {
  src: string | null
  name: string | null
  size?: number | 'fill'
  className?: string
}) {
  const [brokenSrc, setBrokenSrc] = useState<string | null>(null)
  const style =
    size === 'fill' ? undefined : { width: size, height: size, fontSize: Math.max(9, size * 0.36) }
  return (
    <span
      style={style}
      className={cx(
        'flex shrink-0 items-center justify-center overflow-hidden rounded-sm bg-active font-medium text-ink-3 select-none',
        size === 'fill' && 'aspect-square w-full text-xl',
        className,
      )}
      aria-hidden
    >
      {src && src !== brokenSrc ? (
        <img
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setBrokenSrc(src)}
          className="size-full object-cover"
        />
      ) : (
        initials(name)
      )}
    </span>
  )
}
