import { ImagePlus } from 'lucide-react'
import { Button } from '../../kit/button'
import { formatBytes } from '../../kit/format'
import { DropArea } from './drop-area'
import type { FoundFile } from './dropped-files'
import { FilePreview } from './file-preview'
import { PickFiles } from './pick-files'

/** One photo, by picker or by drop, with its preview. */
export function PhotoChoice({ file, onFile }: { file: File | null; onFile: (found: FoundFile) => void }) {
  const takeFirst = ([first]: FoundFile[]) => {
    if (first) onFile(first)
  }
  return (
    <div className="flex w-52 shrink-0 flex-col gap-2">
      <DropArea
        hint="Drop the photo"
        onFiles={takeFirst}
        className="flex h-60 flex-col overflow-hidden rounded-md border bg-raised"
      >
        {file ? (
          <FilePreview file={file} alt="The chosen photo" className="size-full object-contain" />
        ) : (
          <div className="flex h-60 flex-col items-center justify-center gap-1 px-4 text-center text-ink-3">
            <ImagePlus className="mb-1 size-6 stroke-[1.5]" aria-hidden />
            Drop a photo here, or choose one.
          </div>
        )}
      </DropArea>
      <PickFiles onFiles={takeFirst}>
        <Button autoFocus={!file}>{file ? 'Choose another…' : 'Choose a photo…'}</Button>
      </PickFiles>
      <p className="line-clamp-2 text-sm break-words text-ink-3" title={file?.name}>
        {file
          ? `${formatBytes(file.size)} · ${file.name}`
          : 'JPEG, PNG, HEIC, WebP, AVIF or TIFF, up to 32 MB'}
      </p>
    </div>
  )
}
