import { FileArchive, FolderOpen, Images } from 'lucide-react'
import { useState } from 'react'
import { FileTrigger } from 'react-aria-components'
import { Button } from '../../kit/button'
import { TextField } from '../../kit/text-field'
import { desktopBridge, isOnHostMachine } from '../../rpc/desktop'
import { DropArea } from '../photos/drop-area'
import { pickedFiles } from '../photos/dropped-files'
import { PickFiles } from '../photos/pick-files'
import { droppedPaths, sourcesOfFiles, type Sources } from './sources'

/** Where the photos come from: dropped, chosen, or by a path on the host's own machine. */
export function ChooseSources({ onChoose }: { onChoose: (sources: Sources) => void }) {
  const bridge = desktopBridge()
  return (
    <div className="flex flex-col gap-4">
      <DropArea
        hint="Drop to import"
        onFiles={(files) => onChoose(sourcesOfFiles(files))}
        onTransfer={(transfer) => {
          const sources = droppedPaths(transfer)
          if (sources) onChoose(sources)
          return sources !== null
        }}
        className="rounded-md border border-dashed border-line-strong bg-raised"
      >
        <div className="flex flex-col items-center gap-1 px-6 py-10 text-center">
          <FolderOpen className="mb-1 size-6 stroke-[1.5] text-ink-3" aria-hidden />
          <h2 className="text-md font-semibold">Drop a folder, photos, a ZIP or a CSV file here</h2>
          <p className="max-w-lg text-pretty text-ink-2">
            Names come from folders, file names, a CSV (name, bio, category, gender, file, licence, source) or
            JSON files beside the photos. Nothing is published before you have seen it.
          </p>
          <div className="mt-3 flex flex-wrap justify-center gap-2">
            {bridge ? <NativeButtons onChoose={onChoose} /> : <BrowserButtons onChoose={onChoose} />}
            <PickFiles isMultiple onFiles={(files) => onChoose(sourcesOfFiles(files))}>
              <Button icon={<Images aria-hidden />}>Choose photos…</Button>
            </PickFiles>
          </div>
          <p className="mt-2 text-sm text-ink-3">
            {bridge
              ? 'Folders, ZIP and CSV files are read where they are; single photos are copied.'
              : 'They are uploaded to the host in pieces; an upload that breaks off goes on where it was.'}
          </p>
        </div>
      </DropArea>
      {!bridge && isOnHostMachine() && <PathForm onChoose={onChoose} />}
    </div>
  )
}

function NativeButtons({ onChoose }: { onChoose: (sources: Sources) => void }) {
  const choose = async (kind: 'folder' | 'archive') => {
    const paths = (await desktopBridge()?.choose(kind)) ?? []
    if (paths.length > 0) onChoose({ kind: 'paths', paths })
  }
  return (
    <>
      <Button
        variant="primary"
        autoFocus
        icon={<FolderOpen aria-hidden />}
        onPress={() => void choose('folder')}
      >
        Choose a folder…
      </Button>
      <Button icon={<FileArchive aria-hidden />} onPress={() => void choose('archive')}>
        Choose a ZIP or CSV…
      </Button>
    </>
  )
}

function BrowserButtons({ onChoose }: { onChoose: (sources: Sources) => void }) {
  return (
    <>
      <PickFiles isFolder isMultiple onFiles={(files) => onChoose(sourcesOfFiles(files))}>
        <Button variant="primary" autoFocus icon={<FolderOpen aria-hidden />}>
          Choose a folder…
        </Button>
      </PickFiles>
      <FileTrigger
        acceptedFileTypes={['.zip']}
        onSelect={(files) => {
          if (files && files.length > 0) onChoose(sourcesOfFiles(pickedFiles(files)))
        }}
      >
        <Button icon={<FileArchive aria-hidden />}>Choose a ZIP…</Button>
      </FileTrigger>
    </>
  )
}

/** A path on this machine, for a browser, which tells nobody where files lie. */
function PathForm({ onChoose }: { onChoose: (sources: Sources) => void }) {
  const [path, setPath] = useState('')
  return (
    <form
      noValidate
      className="flex items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (path.trim()) onChoose({ kind: 'paths', paths: [path.trim()] })
      }}
    >
      <TextField
        label="Or a folder, ZIP or CSV on this machine"
        placeholder="/home/ada/photos"
        value={path}
        onChange={setPath}
        maxLength={4000}
        className="grow"
      />
      <Button size="lg" type="submit" isDisabled={!path.trim()}>
        Use it
      </Button>
    </form>
  )
}
