import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components'
import { cx } from './class-names'
import { inputClass } from './field'
import { KeyHint } from './key-hint'
import { useShortcut } from './use-shortcut'

/** Characters that the host takes, and the URL keeps. */
const longest = 200

/** How long typing must rest before the search is told, in milliseconds. */
const rest = 180

/**
 * A search box for a toolbar. `/` focuses it, Escape empties it. `onChange` is called once typing rests,
 * and with `undefined` for nothing.
 */
export function SearchField({
  label,
  value,
  onChange,
  className,
}: {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
  className?: string
}) {
  const [text, setText] = useState(value ?? '')
  const input = useRef<HTMLInputElement>(null)
  const told = useRef(value ?? '')
  useShortcut('/', () => input.current?.focus())

  useEffect(() => {
    // The filter changed from outside (back button, reset): follow it.
    if ((value ?? '') !== told.current) {
      told.current = value ?? ''
      setText(value ?? '')
    }
  }, [value])

  useEffect(() => {
    if (text === told.current) return
    const timer = setTimeout(() => {
      told.current = text
      onChange(text.trim() === '' ? undefined : text)
    }, rest)
    return () => clearTimeout(timer)
  }, [text, onChange])

  return (
    <AriaSearchField
      aria-label={label}
      value={text}
      onChange={setText}
      className={cx('group relative w-56 min-w-0', className)}
    >
      <Search className="pointer-events-none absolute top-1.75 left-2 size-3.5 text-ink-3" aria-hidden />
      <Input
        ref={input}
        placeholder={label}
        maxLength={longest}
        className={cx(inputClass, 'h-7 px-7 [&::-webkit-search-cancel-button]:hidden')}
      />
      <span className="pointer-events-none absolute top-1.5 right-2 hidden group-data-empty:block">
        <KeyHint keys={['/']} />
      </span>
      <Button className="absolute top-1 right-1 flex size-5 items-center justify-center rounded-sm text-ink-3 group-data-empty:hidden data-hovered:bg-active data-hovered:text-ink">
        <X className="size-3.5" aria-hidden />
      </Button>
    </AriaSearchField>
  )
}
