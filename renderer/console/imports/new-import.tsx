import { useMutation } from '@tanstack/react-query'
import { FileImage, FolderOpen } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { ImportRules } from '../../../core/celebrities/contract-import-schemas'
import { Button } from '../../kit/button'
import { formatAmount, formatBytes } from '../../kit/format'
import { Notice } from '../../kit/notice'
import { Page } from '../../kit/page'
import { Section } from '../../kit/section'
import { TextField } from '../../kit/text-field'
import { useConnection } from '../../rpc/connection'
import { describeError } from '../../rpc/errors'
import { ChooseSources } from './choose-sources'
import { DefaultsFields, defaultsOf, noDefaults } from './defaults-fields'
import { PathText } from './path-text'
import { RulesFields, usualRules } from './rules-fields'
import { Rules } from './settings-dialog'
import { forgetOffered, nameOf, offeredSources, type Sources } from './sources'
import { startUpload } from './upload-store'

/** Puts a new import together: what, under which licence and from where, by which rules. */
export function NewImport({
  onClose,
  onStarted,
}: {
  onClose: () => void
  /** The import, where it is a single one. */
  onStarted: (id: string | undefined) => void
}) {
  const { api, client, queries } = useConnection()
  const [sources, setSources] = useState<Sources | null>(offeredSources)
  useEffect(forgetOffered, [])
  const [typedName, setTypedName] = useState<string>()
  const [defaults, setDefaults] = useState(noDefaults)
  const [rules, setRules] = useState<ImportRules>(usualRules)
  const name = typedName ?? (sources ? nameOf(sources, new Date()) : '')

  // Two presses may come before the button shows the first.
  const isBegun = useRef(false)
  const begin = () => {
    if (!sources || isBegun.current) return
    isBegun.current = true
    start.mutate(sources, { onError: () => (isBegun.current = false) })
  }
  const start = useMutation({
    mutationFn: async (from: Sources) => {
      const common = { defaults: defaultsOf(defaults), rules }
      if (from.kind === 'files') {
        const created = await client.imports.create({ ...common, name: name.trim() || undefined })
        void startUpload(client, created.id, from.files)
        return [created]
      }
      const isSingle = from.paths.length === 1
      const created = []
      for (const path of from.paths) {
        created.push(
          await client.imports.create({
            ...common,
            path,
            ...(isSingle && { name: name.trim() || undefined }),
          }),
        )
      }
      return created
    },
    onSettled: () => queries.invalidateQueries({ queryKey: api.imports.list.key() }),
    onSuccess: (created) => onStarted(created.length === 1 ? created[0]?.id : undefined),
  })
  const isReady = sources !== null && !isEmpty(sources)
  return (
    <Page title="New import" actions={<Button onPress={onClose}>Cancel</Button>}>
      <div className="min-h-0 grow overflow-y-auto">
        <div className="mx-auto flex max-w-3xl flex-col gap-6 p-6">
          {sources ? (
            <section aria-labelledby="chosen-title">
              <h2 id="chosen-title" className="sr-only">
                What is imported
              </h2>
              <Chosen sources={sources} onOthers={() => setSources(null)} />
            </section>
          ) : (
            <ChooseSources
              onChoose={(chosen) => {
                setSources(chosen)
                start.reset()
              }}
            />
          )}
          {sources && !(sources.kind === 'paths' && sources.paths.length > 1) && (
            <TextField label="Name of the import" value={name} onChange={setTypedName} maxLength={200} />
          )}
          <Section title="For every photo that says nothing of its own">
            <DefaultsFields draft={defaults} onChange={setDefaults} />
          </Section>
          <Rules>
            <RulesFields rules={rules} onChange={setRules} />
          </Rules>
          {start.error && <Notice tone="bad">{describeError(start.error)}</Notice>}
          <div className="flex items-center gap-3">
            <Button
              variant="primary"
              size="lg"
              isDisabled={!isReady}
              isPending={start.isPending}
              onPress={begin}
            >
              {sources?.kind === 'files' ? 'Upload and begin' : 'Begin'}
            </Button>
            <span className="text-ink-3">Nothing is published before you have reviewed it.</span>
          </div>
        </div>
      </div>
    </Page>
  )
}

function isEmpty(sources: Sources): boolean {
  return sources.kind === 'files' ? sources.files.length === 0 : sources.paths.length === 0
}

function Chosen({ sources, onOthers }: { sources: Sources; onOthers: () => void }) {
  const others = (
    <Button size="sm" onPress={onOthers}>
      Choose others…
    </Button>
  )
  if (sources.kind === 'paths') {
    return (
      <div className="flex flex-col gap-2 rounded-md border px-4 py-3">
        <div className="flex items-start gap-3">
          <FolderOpen className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
          <ul className="min-w-0 grow">
            {sources.paths.map((path) => (
              <li key={path} className="font-medium break-all">
                <PathText path={path} />
              </li>
            ))}
          </ul>
          {others}
        </div>
        <p className="pl-7 text-ink-2">
          Read where {sources.paths.length === 1 ? 'it is' : 'they are; each becomes an import of its own'}.
        </p>
      </div>
    )
  }
  const bytes = sources.files.reduce((sum, { file }) => sum + file.size, 0)
  const isLonelyCsv = sources.files.length > 0 && sources.files.every(({ file }) => /\.csv$/i.test(file.name))
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-start gap-3 rounded-md border px-4 py-3">
        <FileImage className="mt-0.5 size-4 shrink-0 text-ink-3" aria-hidden />
        <p className="min-w-0 grow">
          <span className="font-medium">{formatAmount(sources.files.length, 'file')}</span>
          <span className="text-ink-2">, {formatBytes(bytes)}</span>
          {sources.leftOut > 0 && (
            <span className="text-ink-3">
              {' '}
              · {formatAmount(sources.leftOut, 'file')} of other kinds left out
            </span>
          )}
        </p>
        {others}
      </div>
      {sources.files.length === 0 && (
        <Notice tone="bad">There is no photo, ZIP or CSV among them. Choose others.</Notice>
      )}
      {isLonelyCsv && (
        <Notice tone="warning">
          A CSV names photos that lie beside it, and a browser can’t look for them. Choose the folder that
          holds both.
        </Notice>
      )}
    </div>
  )
}
