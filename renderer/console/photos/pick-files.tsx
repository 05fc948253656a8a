import type { ReactElement } from 'react'
import { FileTrigger } from 'react-aria-components'
import { acceptedImages } from '../../rpc/upload'
import { pickedFiles, type FoundFile } from './dropped-files'

/** Opens the system's file picker from its child, a button. */
export function PickFiles({
  onFiles,
  isFolder = false,
  isMultiple = false,
  children,
}: {
  onFiles: (files: FoundFile[]) => void
  isFolder?: boolean
  isMultiple?: boolean
  children: ReactElement
}) {
  return (
    <FileTrigger
      acceptDirectory={isFolder}
      allowsMultiple={isMultiple}
      acceptedFileTypes={isFolder ? undefined : acceptedImages}
      onSelect={(files) => {
        if (files && files.length > 0) onFiles(pickedFiles(files))
      }}
    >
      {children}
    </FileTrigger>
  )
}
