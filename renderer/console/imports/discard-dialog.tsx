import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { Import } from '../../../core/celebrities/contract-import-schemas'
import { ConfirmDialog } from '../../kit/dialog'
import { Notice } from '../../kit/notice'
import { notifyDone } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { cancelUpload } from './upload-store'

/** Asks before an import that was not published goes. */
export function DiscardDialog({ of, onClose }: { of: Import; onClose: () => void }) {
  const { api, queries } = useConnection()
  const navigate = useNavigate()
  const discard = useMutation(
    api.imports.discard.mutationOptions({
      onSuccess: async () => {
        cancelUpload(of.id)
        notifyDone(`“${of.name}” was discarded`)
        await navigate({ to: '/imports', search: {} })
        queries.removeQueries({ queryKey: api.imports.get.queryKey({ input: { id: of.id } }) })
        await queries.invalidateQueries({ queryKey: api.imports.list.key() })
      },
    }),
  )
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      onConfirm={() => discard.mutate({ id: of.id })}
      isPending={discard.isPending}
      title={`Discard “${of.name}”`}
      confirm="Discard the import"
    >
      <p className="text-pretty">
        Its analysis and what you decided about it go
        {of.source_kind !== 'upload'
          ? '; the photos at their source are left alone.'
          : ', and so does what was uploaded.'}{' '}
        This can’t be undone.
      </p>
      {discard.error && <Notice tone="bad">{describeError(discard.error)}</Notice>}
    </ConfirmDialog>
  )
}
