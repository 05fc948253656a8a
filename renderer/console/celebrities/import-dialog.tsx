import { FolderOpen, Images } from 'lucide-react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { EmptyState } from '../../kit/empty-state'
import { formatAmount } from '../../kit/format'
import { useConnection } from '../../rpc/connection'
import { useUploadImage } from '../../rpc/hooks'
import { DropArea } from '../photos/drop-area'
import type { FoundFile } from '../photos/dropped-files'
import { PickFiles } from '../photos/pick-files'
import { addCelebrity, type NewCelebrityPhoto } from './add-celebrity'
import { createImportQueue } from './import-queue'
import { ImportReview } from './import-review'
import { ImportRun, ImportRunButtons } from './import-run'
import { importStore, runImport, useCurrentImport, type CurrentImport } from './import-store'
import { chosenItems, reviewOf } from './review'

/** Begins an import with what was picked or dropped. */
export function reviewFiles(files: readonly FoundFile[]): void {
  importStore.set({ review: reviewOf(files), category: '', queue: null })
}

/** Imports many photos: choose, review, run. Closing it hides it; what was reviewed stays and what runs goes on. */
export function ImportDialog({ onClose, onShow }: { onClose: () => void; onShow: (id: string) => void }) {
  const current = useCurrentImport()
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Import celebrities"
      width="lg"
      footer={
        current?.queue ? (
          <ImportRunButtons queue={current.queue} onClose={onClose} />
        ) : (
          current && <ReviewButtons current={current} onClose={onClose} />
        )
      }
    >
      {!current ? (
        <ChooseFiles />
      ) : current.queue ? (
        <ImportRun onShow={onShow} />
      ) : (
        <ImportReview current={current} onChange={(next) => importStore.set(next)} />
      )}
    </Dialog>
  )
}

function ReviewButtons({ current, onClose }: { current: CurrentImport; onClose: () => void }) {
  const start = useStartImport()
  const chosen = chosenItems(current.review.items).length
  return (
    <>
      <Button variant="ghost" className="mr-auto" onPress={() => importStore.set(null)}>
        Choose others
      </Button>
      <Button onPress={onClose}>Later</Button>
      <Button variant="primary" autoFocus isDisabled={chosen === 0} onPress={() => start(current)}>
        {chosen === 0 ? 'Import' : `Import ${formatAmount(chosen, 'celebrity', 'celebrities')}`}
      </Button>
    </>
  )
}

function useStartImport() {
  const { client } = useConnection()
  const upload = useUploadImage()
  return (current: CurrentImport) => {
    const category = current.category.trim() || undefined
    const photos = chosenItems(current.review.items).map(({ file, name }): NewCelebrityPhoto => ({
      file,
      name: name.trim(),
      category,
    }))
    const queue = createImportQueue(photos, (photo) => addCelebrity(client, upload, photo))
    importStore.set({ ...current, queue })
    void runImport(queue)
  }
}

function ChooseFiles() {
  return (
    <DropArea hint="Drop photos or a folder" onFiles={reviewFiles} className="flex h-96 flex-col">
      <EmptyState
        icon={<FolderOpen />}
        title="Choose a folder, or drop one here"
        actions={
          <>
            <PickFiles isFolder isMultiple onFiles={reviewFiles}>
              <Button variant="primary" icon={<FolderOpen aria-hidden />} autoFocus>
                Choose a folder…
              </Button>
            </PickFiles>
            <PickFiles isMultiple onFiles={reviewFiles}>
              <Button icon={<Images aria-hidden />}>Choose photos…</Button>
            </PickFiles>
          </>
        }
      >
        One photo a person. Names come from the files, “hanks,_tom_01.jpg” is Tom Hanks, and you can correct
        them before anything is sent.
      </EmptyState>
    </DropArea>
  )
}
