import { X } from 'lucide-react'
import type { ReactNode, SubmitEvent } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button, type ButtonProps } from './button'
import { cx } from './class-names'
import { IconButton } from './icon-button'
import { InDialog } from './use-shortcut'

const widths = { sm: 'w-100', md: 'w-130', lg: 'w-180' }

export interface DialogProps {
  isOpen: boolean
  onClose: () => void
  title: string
  children: ReactNode
  /** The buttons, the one that goes on last. */
  footer?: ReactNode
  width?: keyof typeof widths
  /** Makes the dialog a form: Enter submits, a `type="submit"` button in the footer too. */
  onSubmit?: () => void
  /** A question that wants an answer: a click outside does not close it. */
  role?: 'dialog' | 'alertdialog'
}

/** A modal dialog. Escape and a click outside close it; the focus returns to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  children,
  footer,
  width = 'sm',
  onSubmit,
  role = 'dialog',
}: DialogProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    onSubmit?.()
  }
  const body = (
    <>
      <div className="min-h-0 overflow-auto px-4 py-3">{children}</div>
      {footer && <footer className="flex justify-end gap-2 border-t px-4 py-3">{footer}</footer>}
    </>
  )
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={role === 'dialog'}
      className="fixed inset-0 z-50 flex items-start justify-center bg-scrim pt-[12vh]"
    >
      <Modal className={cx('max-h-[76vh] max-w-[92vw] rounded-md bg-panel shadow-float', widths[width])}>
        <AriaDialog role={role} className="flex max-h-[76vh] flex-col outline-none">
          <header className="flex items-center justify-between gap-2 border-b py-2 pr-2 pl-4">
            <Heading slot="title" className="truncate text-md font-semibold">
              {title}
            </Heading>
            <IconButton label="Close" onPress={onClose}>
              <X />
            </IconButton>
          </header>
          <InDialog value>
            {onSubmit ? (
              <form onSubmit={submit} noValidate className="flex min-h-0 flex-col">
                {body}
              </form>
            ) : (
              body
            )}
          </InDialog>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}

/** Asks before something that can't be taken back. `confirm` says the deed: "Remove 90 samples". */
export function ConfirmDialog({
  isOpen,
  onClose,
  onConfirm,
  title,
  confirm,
  isPending = false,
  variant = 'destructive',
  children,
}: {
  isOpen: boolean
  onClose: () => void
  onConfirm: () => void
  title: string
  confirm: string
  isPending?: boolean
  variant?: ButtonProps['variant']
  children: ReactNode
}) {
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={title}
      role="alertdialog"
      footer={
        <>
          <Button onPress={onClose} autoFocus>
            Cancel
          </Button>
          <Button variant={variant} onPress={onConfirm} isPending={isPending}>
            {confirm}
          </Button>
        </>
      }
    >
      <div className="text-ink-2">{children}</div>
    </Dialog>
  )
}
