import { Image } from 'lucide-react'
import { useEffect, useState } from 'react'
import { cx } from './class-names'

/** Up to two initials of a name. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const last = words.length > 1 ? words.at(-1) : undefined
  return `${words[0]?.[0] ?? '?'}${last?.[0] ?? ''}`.toUpperCase()
}

/**
 * A face-centred square, `size` pixels wide ('fill': as wide as its box). Where there is no image, or it can't be
 * loaded, the initials stand there, and without a name the sign of a photo. It is decoration beside a name, so it has no text of its own.
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
  const [broken, markBroken] = useBroken(src)
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
      {src && !broken ? (
        <img
          src={src}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={markBroken}
          className="size-full object-cover"
        />
      ) : name === null ? (
        <Image className="size-2/5 max-w-8 stroke-[1.5]" />
      ) : (
        initials(name)
      )}
    </span>
  )
}

/** Milliseconds until an image that could not be loaded is tried again: the host may have been away for a moment. */
const retryAfter = [3000, 10_000, 30_000]

/** Whether `src` can't be loaded now; it is tried again a few times. */
function useBroken(src: string | null): readonly [boolean, () => void] {
  const [failure, setFailure] = useState<{ src: string; times: number; isOver: boolean }>()
  const current = failure !== undefined && failure.src === src ? failure : undefined
  useEffect(() => {
    const wait = current && !current.isOver ? retryAfter[current.times - 1] : undefined
    if (wait === undefined) return
    const timer = setTimeout(() => setFailure((last) => last && { ...last, isOver: true }), wait)
    return () => clearTimeout(timer)
  }, [current])
  const markBroken = () => {
    if (src !== null) setFailure({ src, times: (current?.times ?? 0) + 1, isOver: false })
  }
  return [current !== undefined && !current.isOver, markBroken]
}
