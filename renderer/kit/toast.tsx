import { Toaster as SonnerToaster, toast } from 'sonner'

interface ToastAction {
  label: string
  onAction: () => void
}

/** A short note that something was done; `detail` says more. With an action, such as taking it back, it stays longer. */
export function notifyDone(message: string, detail?: string, action?: ToastAction): void {
  toast.success(message, {
    description: detail,
    ...(action && { action: { label: action.label, onClick: action.onAction }, duration: 10_000 }),
  })
}

/** A note that something could not be done, and why. Stays longer. */
export function notifyFailed(message: string, detail: string): void {
  toast.error(message, { description: detail, duration: 9000 })
}

/** Takes away the notes that are in sight, for what comes now needs their place. */
export function dismissNotes(): void {
  toast.dismiss()
}

/** Where notes appear; one for the whole window. */
export function Toaster() {
  return (
    <SonnerToaster
      position="bottom-center"
      offset={{ bottom: 40 }}
      gap={8}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-80 items-start gap-2 rounded-md bg-panel px-3 py-2.5 text-ink shadow-float normal-nums font-sans text-base [&_[data-icon]]:mt-0.5',
          title: 'font-medium',
          content: 'min-w-0 grow',
          description: 'text-ink-2 text-pretty',
          actionButton:
            'h-6 shrink-0 self-center rounded-md border border-line-strong px-2 text-sm font-medium hover:bg-raised focus-visible:outline-2',
          success: '[&_[data-icon]]:text-good',
          error: '[&_[data-icon]]:text-bad',
        },
      }}
    />
  )
}
