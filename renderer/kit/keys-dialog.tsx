import { Dialog } from './dialog'
import { KeyHint } from './key-hint'

export interface KeyGroup {
  title: string
  /** Keys together or in a row, and what they do. */
  keys: readonly (readonly [keys: string[], does: string])[]
}

/** What the keys of a screen do. */
export function KeysDialog({
  isOpen,
  onClose,
  groups,
}: {
  isOpen: boolean
  onClose: () => void
  groups: readonly KeyGroup[]
}) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keys" width="md">
      <div className="grid grid-cols-2 gap-x-8 gap-y-4">
        {groups.map(({ title, keys }) => (
          <section key={title} className="flex flex-col gap-1">
            <h3 className="text-sm font-medium text-ink-3">{title}</h3>
            <dl className="flex flex-col gap-1">
              {keys.map(([names, does]) => (
                <div key={does} className="flex items-center justify-between gap-2">
                  <dt className="order-2">
                    <KeyHint keys={names} />
                    <span className="sr-only">{names.join(' ')}</span>
                  </dt>
                  <dd className="text-ink-2">{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
