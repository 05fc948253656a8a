import { Dialog } from '../../kit/dialog'
import { Notice } from '../../kit/notice'
import { PhotoSearch } from './photo-search'

/** Who resembles somebody in a photo, without keeping it. */
export function PhotoSearchDialog({
  isOpen,
  file,
  onFile,
  onClose,
}: {
  isOpen: boolean
  /** A photo that was dropped on the screen. */
  file: File | null
  onFile: (file: File) => void
  onClose: () => void
}) {
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Search by photo" width="lg">
      <div className="@container flex flex-col gap-3">
        <Notice tone="neutral">
          <strong className="font-medium text-ink">Nothing is stored.</strong> The photo is analysed in memory
          and forgotten: no file, no row, no log. A resemblance does not say who somebody is.
        </Notice>
        <PhotoSearch file={file} onFile={onFile} onLeave={onClose} />
      </div>
    </Dialog>
  )
}
