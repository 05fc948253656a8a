import { useNavigate } from '@tanstack/react-router'
import { FolderInput, Keyboard, Plus, Redo2, Undo2 } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { IconButton } from '../../kit/icon-button'
import { KeysDialog } from '../../kit/keys-dialog'
import { Page } from '../../kit/page'
import { PageTab, PageTabs } from '../../kit/page-tabs'
import { SearchField } from '../../kit/search-field'
import { Segmented } from '../../kit/segmented'
import { ShortButton } from '../../kit/short-button'
import { useShortcut } from '../../kit/use-shortcut'
import { extensionOf, photoMediaTypes } from '../../../core/model/photo-formats'
import { droppedPaths, offerSources, sourcesOfFiles, type Sources } from '../imports/sources'
import { DropArea } from '../photos/drop-area'
import type { FoundFile } from '../photos/dropped-files'
import { mergeFilters } from '../shell/filters'
import { isAtLeast, useMe } from '../shell/me'
import { useFilters } from '../shell/use-filters'
import { AddDialog } from './add-dialog'
import { useRedoLast, useUndoLast } from './changes/use-changes'
import { filterOfCell } from './coverage/coverage-math'
import { CoverageView } from './coverage/coverage-view'
import { celebrityKeys } from './keys'
import { CatalogueTab } from './list/catalogue-tab'
import { kindWords } from './outliers/outlier-words'
import { OutliersView } from './outliers/outliers-view'
import { noFilters, outlierKinds, searchSchema, tabs, type CelebritySearch, type Tab } from './search'
import { TrashView } from './trash/trash-view'

export { searchSchema }

const title = 'Celebrities'

/** The gallery: who is in it, where it is thin, what a person should look at, and what was thrown away. */
export function Screen() {
  const [search, setSearch] = useFilters(searchSchema)
  const mayEdit = isAtLeast(useMe().role, 'curator')
  const [added, setAdded] = useState<{ photo: FoundFile | null } | null>(null)
  const [isShowingKeys, setShowingKeys] = useState(false)
  const undo = useUndoLast(mayEdit)
  const redo = useRedoLast(mayEdit)
  useShortcut('?', () => setShowingKeys(true))
  const keys = { isDisabled: !mayEdit, whileWriting: false }
  useShortcut('mod+z', undo.run, keys)
  useShortcut('mod+shift+z', redo.run, keys)
  useShortcut('mod+y', redo.run, keys)
  const add = mayEdit ? () => setAdded({ photo: null }) : undefined
  const frame = {
    title,
    tabs: <Tabs search={search} />,
    actions: (
      <>
        {mayEdit && (
          <>
            <IconButton
              label={undo.what ? `Undo: ${undo.what}` : 'Undo your last change'}
              keys={['Ctrl', 'Z']}
              isDisabled={undo.isPending || !undo.what}
              onPress={undo.run}
            >
              <Undo2 />
            </IconButton>
            <IconButton
              label={redo.what ? `Do again: ${redo.what}` : 'Do again what you took back'}
              keys={['Ctrl', 'Shift', 'Z']}
              isDisabled={redo.isPending || !redo.what}
              onPress={redo.run}
            >
              <Redo2 />
            </IconButton>
          </>
        )}
        <IconButton label="Keys of this screen" keys={['?']} onPress={() => setShowingKeys(true)}>
          <Keyboard />
        </IconButton>
        {add && <AddButtons onAdd={add} />}
      </>
    ),
  }
  return (
    <>
      {search.tab === 'catalogue' && (
        <CatalogueTab
          search={search}
          setSearch={setSearch}
          mayEdit={mayEdit}
          frame={frame}
          onAdd={add}
          wrap={(list) => (
            <Drop mayEdit={mayEdit} onOne={(photo) => setAdded({ photo })}>
              {list}
            </Drop>
          )}
        />
      )}
      {search.tab === 'coverage' && (
        <Page {...frame}>
          <CoverageView
            onOpen={(cell) =>
              setSearch({ ...noFilters, ...filterOfCell(cell), tab: 'catalogue', id: undefined })
            }
          />
        </Page>
      )}
      {search.tab === 'outliers' && (
        <Page
          {...frame}
          toolbar={
            <Segmented
              label="What to look at"
              options={outlierKinds.map((id) => ({ id, label: kindWords[id].label }))}
              value={search.kind}
              onChange={(kind) => setSearch({ kind })}
            />
          }
        >
          <OutliersView key={search.kind} kind={search.kind} mayEdit={mayEdit} />
        </Page>
      )}
      {search.tab === 'trash' && (
        <Page
          {...frame}
          toolbar={
            <SearchField
              label="Search names"
              value={search.in_trash}
              onChange={(in_trash) => setSearch({ in_trash })}
            />
          }
        >
          <TrashView search={search.in_trash} mayEdit={mayEdit} />
        </Page>
      )}
      {added && (
        <AddDialog
          initial={added.photo}
          onClose={() => setAdded(null)}
          onShow={(id) => {
            setAdded(null)
            setSearch({ id, tab: 'catalogue' })
          }}
        />
      )}
      <KeysDialog isOpen={isShowingKeys} onClose={() => setShowingKeys(false)} groups={celebrityKeys} />
    </>
  )
}

const tabLabels: Record<Tab, string> = {
  catalogue: 'Catalogue',
  coverage: 'Coverage',
  outliers: 'Outliers',
  trash: 'Trash',
}

function Tabs({ search }: { search: CelebritySearch }) {
  return (
    <PageTabs label="Parts of this screen">
      {tabs.map((id) => (
        <PageTab
          key={id}
          to="/celebrities"
          // Filters outlive a look at another part.
          search={mergeFilters(searchSchema, search, { tab: id })}
          isCurrent={search.tab === id}
        >
          {tabLabels[id]}
        </PageTab>
      ))}
    </PageTabs>
  )
}

const narrow = 'max-[899px]:sr-only'

function AddButtons({ onAdd }: { onAdd: () => void }) {
  const navigate = useNavigate()
  return (
    <>
      <ShortButton
        label="Import…"
        hiddenAt={narrow}
        icon={<FolderInput aria-hidden />}
        onPress={() => void navigate({ to: '/imports' })}
      />
      <ShortButton
        label="Add celebrity"
        hiddenAt={narrow}
        variant="primary"
        icon={<Plus aria-hidden />}
        onPress={onAdd}
      />
    </>
  )
}

/** One photo that is dropped is added; several are an import, which has a screen of its own. */
function Drop({
  mayEdit,
  onOne,
  children,
}: {
  mayEdit: boolean
  onOne: (photo: FoundFile) => void
  children: ReactNode
}) {
  const navigate = useNavigate()
  const importThem = (sources: Sources) => {
    offerSources(sources)
    void navigate({ to: '/imports', search: { new: true } })
  }
  const take = (files: FoundFile[]) => {
    const [first] = files
    if (files.length === 1 && first && extensionOf(first.file.name) in photoMediaTypes) onOne(first)
    else importThem(sourcesOfFiles(files))
  }
  return (
    <DropArea
      hint="Drop one photo to add a celebrity, several, a folder or a ZIP to import"
      onFiles={take}
      onTransfer={(transfer) => {
        const sources = droppedPaths(transfer)
        if (sources) importThem(sources)
        return sources !== null
      }}
      isDisabled={!mayEdit}
      className="flex min-h-0 grow flex-col"
    >
      {children}
    </DropArea>
  )
}
