import { expect, it } from 'vitest'
import { droppedFiles, pickedFiles } from './dropped-files'

const file = (name: string, webkitRelativePath = '') =>
  Object.assign(new File(['x'], name), { webkitRelativePath })

/** A folder as a browser hands it over: a hundred entries at a time. */
function folder(name: string, children: FileSystemEntry[], batch = 2): FileSystemEntry {
  const createReader = () => {
    let given = 0
    return {
      readEntries: (resolve: (entries: FileSystemEntry[]) => void) => {
        const entries = children.slice(given, given + batch)
        given += entries.length
        resolve(entries)
      },
    }
  }
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry
}

function leaf(name: string, isReadable = true): FileSystemEntry {
  const read = (resolve: (found: File) => void, reject: (error: Error) => void) =>
    isReadable ? resolve(file(name)) : reject(new Error('gone'))
  return { name, isFile: true, isDirectory: false, file: read } as unknown as FileSystemEntry
}

const drop = (...entries: (FileSystemEntry | null)[]) => {
  const items = entries.map((entry) => ({
    kind: 'file',
    webkitGetAsEntry: () => entry,
    getAsFile: () => (entry === null ? file('from a page.png') : null),
  }))
  return { items } as unknown as DataTransfer
}

it('walks folders to their ends, however many entries a reader gives at a time', async () => {
  const people = folder('people', [
    leaf('a10.jpg'),
    leaf('a2.jpg'),
    folder('more', [leaf('b.jpg')]),
    leaf('c.jpg'),
  ])
  const found = await droppedFiles(drop(people, leaf('alone.png')))
  expect(found.map(({ path }) => path)).toEqual([
    'alone.png',
    'people/a2.jpg',
    'people/a10.jpg',
    'people/c.jpg',
    'people/more/b.jpg',
  ])
})

it('leaves out what can no longer be read and what the system put there', async () => {
  const found = await droppedFiles(
    drop(folder('x', [leaf('gone.jpg', false), leaf('.DS_Store'), leaf('Thumbs.db'), leaf('here.jpg')])),
  )
  expect(found.map(({ path }) => path)).toEqual(['x/here.jpg'])
})

it('takes a picture that comes from no disk', async () => {
  const found = await droppedFiles(drop(null))
  expect(found.map(({ path }) => path)).toEqual(['from a page.png'])
})

it('keeps the folders of picked files', () => {
  expect(pickedFiles([file('b.jpg', 'x/b.jpg'), file('a.jpg')]).map(({ path }) => path)).toEqual([
    'a.jpg',
    'x/b.jpg',
  ])
})
