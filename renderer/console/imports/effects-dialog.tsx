import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { Effects } from './effects'

/** Whom publishing would touch, before anything is published. */
export function EffectsDialog({ of, onClose }: { of: Import; onClose: () => void }) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Who gains and who loses a lookalike"
      width="md"
      footer={
        <Button autoFocus onPress={onClose}>
          Close
        </Button>
      }
    >
      <p className="mb-3 text-pretty text-ink-2">
        By the exact search over everybody, as if the plan were published now. Nothing is stored.
      </p>
      <Effects of={of} />
    </Dialog>
  )
}
