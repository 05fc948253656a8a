import { useState, type DragEvent, type ReactNode } from 'react'
import { droppedFiles, type FoundFile } from './dropped-files'

/** A region that takes dropped files and folders, and says so while they hover. The same is reachable by buttons. */
export function DropArea({
  hint,
  onFiles,
  onTransfer,
  isDisabled = false,
  className,
  children,
}: {
  /** What a drop does: "Drop to add celebrities". */
  hint: string
  onFiles: (files: FoundFile[]) => void
  /** Looks at a drop before its files are read; true: it is taken as it is. */
  onTransfer?: (transfer: DataTransfer) => boolean
  isDisabled?: boolean
  className?: string
  children: ReactNode
}) {
  // Children report leaving too: only as many leaves as enters mean that the pointer is gone.
  const [depth, setDepth] = useState(0)
  const withFiles = (act: (event: DragEvent) => void) => (event: DragEvent) => {
    if (isDisabled || !event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    event.stopPropagation()
    act(event)
  }
  return (
    <div
      className={`relative ${className ?? ''}`}
      onDragEnter={withFiles(() => setDepth((before) => before + 1))}
      onDragLeave={withFiles(() => setDepth((before) => Math.max(0, before - 1)))}
      onDragOver={withFiles((event) => {
        event.dataTransfer.dropEffect = 'copy'
      })}
      onDrop={withFiles((event) => {
        setDepth(0)
        if (onTransfer?.(event.dataTransfer)) return
        void droppedFiles(event.dataTransfer).then((files) => {
          if (files.length > 0) onFiles(files)
        })
      })}
    >
      {children}
      {depth > 0 && (
        <div className="pointer-events-none absolute inset-1 z-20 grid place-items-center rounded-md border-2 border-dashed border-accent bg-accent-soft/60">
          <span className="rounded-md bg-panel px-4 py-2 font-medium text-accent-ink shadow-float">
            {hint}
          </span>
        </div>
      )}
    </div>
  )
}
