import { CloudUpload } from 'lucide-react'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { EmptyState } from '../../kit/empty-state'
import { Notice } from '../../kit/notice'
import { ProgressBar } from '../../kit/progress-bar'
import { useConnection } from '../../rpc/connection'
import { DropArea } from '../photos/drop-area'
import type { FoundFile } from '../photos/dropped-files'
import { PickFiles } from '../photos/pick-files'
import { uploadText } from './import-step'
import { sourcesOfFiles } from './sources'
import { cancelUpload, resumeUpload, startUpload, useUpload } from './upload-store'

const labels = { running: 'Uploading', failed: 'The upload broke off', done: 'Uploaded' }

/** How far the upload is; where this window has none, the way to go on with it. */
export function UploadPanel({ of }: { of: Import }) {
  const { client } = useConnection()
  const upload = useUpload(of.id)
  if (!upload) return <GoOn of={of} />
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-3 p-6">
      <ProgressBar
        label={labels[upload.state]}
        value={upload.bytes === 0 ? undefined : upload.bytesDone / upload.bytes}
        text={uploadText(upload)}
        tone={upload.state === 'failed' ? 'warning' : 'accent'}
      />
      {upload.problem && <Notice tone="bad">{upload.problem}</Notice>}
      {upload.state !== 'done' && (
        <div className="flex gap-2">
          {upload.state === 'failed' && (
            <Button variant="primary" onPress={() => resumeUpload(client, of.id)}>
              Go on with the upload
            </Button>
          )}
          <Button onPress={() => cancelUpload(of.id)}>Stop the upload</Button>
        </div>
      )}
      <p className="text-pretty text-ink-3">
        You can look at other screens meanwhile. If this window closes, the upload goes on where it was once
        you choose the same files again.
      </p>
    </div>
  )
}

/** The files are of another window, or of this one before it was reloaded: only a person can hand them over. */
function GoOn({ of }: { of: Import }) {
  const { client } = useConnection()
  const take = (found: FoundFile[]) => {
    const sources = sourcesOfFiles(found)
    if (sources.kind === 'files') void startUpload(client, of.id, sources.files, true)
  }
  return (
    <DropArea hint="Drop to go on with the upload" onFiles={take} className="flex min-h-0 grow flex-col">
      <EmptyState
        icon={<CloudUpload />}
        title="The upload is not finished"
        actions={
          <>
            <PickFiles isFolder isMultiple onFiles={take}>
              <Button variant="primary">Choose the folder…</Button>
            </PickFiles>
            <PickFiles isMultiple onFiles={take}>
              <Button>Choose the photos…</Button>
            </PickFiles>
          </>
        }
      >
        Drop or choose the same files again: what has arrived is not sent twice. To do without the rest,
        discard the import and begin anew.
      </EmptyState>
    </DropArea>
  )
}
