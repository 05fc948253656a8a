import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { PackView } from '../../../core/models/contract'
import { Button } from '../../kit/button'
import { Checkbox } from '../../kit/checkbox'
import { Dialog } from '../../kit/dialog'
import { formatBytes } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { useApi } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'

/** Asks before a pack is fetched, and for its terms where it has some. */
export function InstallDialog({ pack, onClose }: { pack: PackView; onClose: () => void }) {
  const api = useApi()
  const [isAccepted, setAccepted] = useState(false)
  const install = useMutation(api.models.install.mutationOptions({ onSuccess: onClose }))
  const begin = () => install.mutate({ pack: pack.name, accept_terms: isAccepted })
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Install ${pack.title}`}
      width="md"
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={pack.terms !== null && !isAccepted}
            isPending={install.isPending}
            onPress={begin}
          >
            Install
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="text-pretty text-ink-2">
          It is fetched onto the machine that answers this console
          {pack.file_bytes === null ? '' : `, ${formatBytes(pack.file_bytes)}`}. Every file is checked before
          it is used. What is searched by does not change.
        </p>
        <p className="text-pretty">Licence: {pack.licence}</p>
        {pack.terms && (
          <>
            <p className="text-pretty text-ink-2">
              {pack.terms.summary}{' '}
              <a href={pack.terms.url} target="_blank" rel="noreferrer" className="text-accent-ink underline">
                Read the terms
              </a>
            </p>
            <Checkbox isSelected={isAccepted} onChange={setAccepted}>
              I have read the terms, and they cover what this is used for here.
            </Checkbox>
          </>
        )}
        {install.error && <Notice tone="bad">{describeError(install.error)}</Notice>}
      </div>
    </Dialog>
  )
}
