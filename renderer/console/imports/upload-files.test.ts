import { describe, expect, it } from 'vitest'
import {
  mostRepetitions,
  uploadFiles,
  type SendPiece,
  type UploadFile,
  type UploadProgress,
} from './upload-files'

/** A host's memory of uploaded files, as `imports.upload` keeps it: pieces in order, known ones skipped. */
function storage(kept: Record<string, string> = {}) {
  const files = new Map(Object.entries(kept))
  const pieces: string[] = []
  const send: SendPiece = async (path, offset, piece) => {
    const text = await piece.text()
    pieces.push(`${path}@${offset}+${text.length}`)
    const before = files.get(path) ?? ''
    if (offset <= before.length) files.set(path, before + text.slice(before.length - offset))
    return files.get(path)?.length ?? 0
  }
  return { files, pieces, send }
}

const file = (path: string, text: string): UploadFile => ({ path, file: new Blob([text]) })

const base = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
  pieceBytes: 4,
  mayRetry: () => true,
  rest: async () => undefined,
}

describe('sending files in pieces', () => {
  it('sends every byte once, also of files without any', async () => {
    const host = storage()
    await uploadFiles([file('a', '0123456789'), file('b/c', 'x'), file('empty', '')], host.send, base)
    expect(Object.fromEntries(host.files)).toEqual({ a: '0123456789', 'b/c': 'x', empty: '' })
    expect(host.pieces.toSorted()).toEqual(['a@0+4', 'a@4+4', 'a@8+2', 'b/c@0+1', 'empty@0+0'])
  })

  it('goes on where it broke off', async () => {
    const host = storage({ a: '012345', b: 'whole' })
    await uploadFiles([file('a', '0123456789'), file('b', 'whole')], host.send, {
      ...base,
      isResumed: true,
    })
    expect(host.files.get('a')).toBe('0123456789')
    expect(host.pieces.filter((piece) => piece.startsWith('b'))).toEqual(['b@0+0'])
    expect(host.pieces.filter((piece) => piece.startsWith('a'))).toEqual(['a@0+0', 'a@6+4'])
  })

  it('repeats a piece that was lost, and no other', async () => {
    const host = storage()
    let losses = 2
    const rests: number[] = []
    await uploadFiles(
      [file('a', '01234567')],
      (path, offset, ...rest) => {
        if (offset === 4 && losses-- > 0) throw new TypeError('Failed to fetch')
        return host.send(path, offset, ...rest)
      },
      { ...base, rest: async (attempt) => void rests.push(attempt) },
    )
    expect(host.pieces).toEqual(['a@0+4', 'a@4+4'])
    expect(rests).toEqual([0, 1])
  })

  it('gives up on what is refused, and starts nothing more', async () => {
    const sent: string[] = []
    const refusing: SendPiece = async (path) => {
      sent.push(path)
      throw new Error('No room is left on the disk.')
    }
    const many = Array.from({ length: 20 }, (_, index) => file(`f${index}`, 'x'))
    await expect(uploadFiles(many, refusing, { ...base, mayRetry: () => false })).rejects.toThrow('No room')
    await new Promise((resolve) => setImmediate(resolve))
    expect(sent.length).toBeLessThanOrEqual(3)
    sent.length = 0
    await expect(uploadFiles([file('a', 'x')], refusing, base)).rejects.toThrow('No room')
    expect(sent).toHaveLength(mostRepetitions + 1)
  })

  it('ends when it is cancelled', async () => {
    const host = storage()
    const cancel = new AbortController()
    const sending = uploadFiles([file('a', '0123456789')], host.send, {
      ...base,
      signal: cancel.signal,
      onProgress: ({ bytesDone }) => bytesDone >= 4 && cancel.abort(),
    })
    await expect(sending).rejects.toThrow()
    expect(host.pieces).toEqual(['a@0+4'])
  })

  it('says how far it is, and has a few files under way at most', async () => {
    const host = storage()
    let underWay = 0
    let most = 0
    const seen: UploadProgress[] = []
    await uploadFiles(
      Array.from({ length: 9 }, (_, index) => file(`f${index}`, '012345')),
      async (...piece) => {
        underWay += 1
        most = Math.max(most, underWay)
        await new Promise((resolve) => setImmediate(resolve))
        underWay -= 1
        return host.send(...piece)
      },
      { ...base, concurrency: 2, onProgress: (progress) => seen.push(progress) },
    )
    expect(most).toBe(2)
    expect(seen[0]).toEqual({ files: 9, filesDone: 0, bytes: 54, bytesDone: 0 })
    expect(seen.at(-1)).toEqual({ files: 9, filesDone: 9, bytes: 54, bytesDone: 54 })
    expect(seen.every(({ bytesDone }, index) => index === 0 || bytesDone >= seen[index - 1].bytesDone)).toBe(
      true,
    )
  })

  it('fails where the host does not keep what it is sent', async () => {
    await expect(uploadFiles([file('a', 'xx')], async () => 0, base)).rejects.toThrow('a could not be sent')
  })
})
