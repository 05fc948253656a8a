import { useMutation } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button as AriaButton, Disclosure, DisclosurePanel, Heading } from 'react-aria-components'
import type { Import, ImportRules } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { Notice } from '../../kit/notice'
import { notifyDone } from '../../kit/toast'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { DefaultsFields, defaultsOf, draftOf } from './defaults-fields'
import { useNotes } from './notes'
import { RulesFields } from './rules-fields'
import { rememberImport } from './use-import'

/** Defaults and rules of an import that is under way; the plan is made anew by them. */
export function SettingsDialog({ of, onClose }: { of: Import; onClose: () => void }) {
  const connection = useConnection()
  const { api, queries } = connection
  const { say } = useNotes()
  const [defaults, setDefaults] = useState(() => draftOf(of.defaults))
  const [rules, setRules] = useState<ImportRules>(of.rules)
  const save = useMutation(
    api.imports.update.mutationOptions({
      onSuccess: async (updated) => {
        rememberImport(connection, updated)
        if (updated.state === 'review') say('The plan follows the new defaults and rules.')
        else notifyDone('The plan will follow the new defaults and rules')
        onClose()
        await queries.invalidateQueries({ queryKey: api.imports.files.key() })
        await queries.invalidateQueries({ queryKey: api.imports.file.key() })
      },
    }),
  )
  const submit = () => {
    if (!save.isPending) save.mutate({ id: of.id, defaults: defaultsOf(defaults), rules })
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Defaults and rules"
      width="md"
      onSubmit={submit}
      footer={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" isPending={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <p className="text-pretty text-ink-2">
          For every photo that says nothing of its own. What you decided by hand stays.
        </p>
        <DefaultsFields draft={defaults} onChange={setDefaults} />
        <Rules>
          <RulesFields rules={rules} onChange={setRules} />
        </Rules>
        {save.error && <Notice tone="bad">{describeError(save.error)}</Notice>}
      </div>
    </Dialog>
  )
}

/** The rules, folded away until somebody wants them. */
export function Rules({ children }: { children: ReactNode }) {
  return (
    <Disclosure className="group rounded-md border">
      <Heading level={3}>
        <AriaButton
          slot="trigger"
          className="flex h-9 w-full items-center gap-2 rounded-md px-3 text-left font-medium data-hovered:bg-raised"
        >
          <ChevronRight
            className="size-4 text-ink-3 transition-transform group-data-expanded:rotate-90"
            aria-hidden
          />
          <span className="grow">Rules</span>
          <span className="text-sm font-normal text-ink-3">quality, same person, minors</span>
        </AriaButton>
      </Heading>
      <DisclosurePanel>
        <div className="border-t px-3 py-3">{children}</div>
      </DisclosurePanel>
    </Disclosure>
  )
}
