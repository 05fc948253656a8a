import { Button, type ButtonProps } from './button'

/** A button of which the icon alone is left where there is little room; what it says is its tooltip then. */
export function ShortButton({
  label,
  hiddenAt,
  ...props
}: Omit<ButtonProps, 'children'> & {
  label: string
  /** What hides the words from sight there: `max-[899px]:sr-only`, `@max-xl:sr-only`. */
  hiddenAt: string
}) {
  return (
    <span title={label} className="contents">
      <Button {...props}>
        <span className={hiddenAt}>{label}</span>
      </Button>
    </span>
  )
}
