import type { SupabaseClient } from '@supabase/supabase-js'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { acceptedImages, checkImage, uploadImage } from './upload'

describe('checking a file before it is sent', () => {
  it('gives the extension and the media type', () => {
    expect(checkImage({ name: 'Ada.Lovelace.JPEG', size: 1 })).toEqual({
      extension: 'jpeg',
      mediaType: 'image/jpeg',
    })
  })

  it('takes what phones make', () => {
    expect(checkImage({ name: 'IMG_1.HEIC', size: 1 })).toEqual({
      extension: 'heic',
      mediaType: 'image/heic',
    })
    expect(acceptedImages).toContain('.heic')
  })

  it.each([
    ['notes.txt', 10, 'is not a photo'],
    ['no-extension', 10, 'is not a photo'],
    ['empty.png', 0, 'is empty'],
    ['huge.png', 33 * 1024 * 1024, 'larger than 32 MB'],
  ])('refuses %s of %d bytes', (name, size, reason) => {
    expect(() => checkImage({ name, size })).toThrow(reason)
  })
})

describe('sending', () => {
  const file = new File(['x'], 'a.png')
  /** Storage as far as an upload asks of it; what it was asked is kept. */
  const storage = (error: Error | null) => {
    const asked: unknown[][] = []
    const upload = (...args: unknown[]) => (asked.push(args), Promise.resolve({ data: null, error }))
    return { asked, client: { storage: { from: () => ({ upload }) } } as unknown as SupabaseClient }
  }

  it('names the object anew, in the folder', async () => {
    const { asked, client } = storage(null)
    const path = await uploadImage(client, 'faces', file, 'folder')
    expect(path).toMatch(/^folder\/[0-9a-f-]{36}\.png$/)
    expect(asked).toEqual([[path, expect.any(Blob), { contentType: 'image/png', upsert: false }]])
    const [[, sent]] = asked as [[string, Blob]]
    expect(sent).toMatchObject({ type: 'image/png' })
    expect(sent).not.toHaveProperty('name')
    expect(await sent.text()).toBe('x')
    expect(await uploadImage(client, 'celebrity-images', file)).toMatch(/^[0-9a-f-]{36}\.png$/)
  })

  it('leaves out where the photo was taken, and who took it', async () => {
    const { asked, client } = storage(null)
    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#678' } })
      .withExif({ IFD0: { Artist: 'Somebody' }, IFD3: { GPSLatitude: '52/1 30/1 0/1' } })
      .jpeg()
      .toBuffer()
    await uploadImage(client, 'faces', new File([new Uint8Array(photo)], 'a.jpg'), 'folder')
    const [[, sent]] = asked as [[string, Blob]]
    const { exif, width } = await sharp(await sent.arrayBuffer()).metadata()
    expect({ exif, width }).toEqual({ exif: undefined, width: 8 })
    expect(photo.includes('Somebody')).toBe(true)
    expect(await sent.text()).not.toContain('Somebody')
  })

  it('says so where the file has gone meanwhile', async () => {
    const gone = Object.assign(new File(['x'], 'a.png'), {
      arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')),
    })
    const { asked, client } = storage(null)
    await expect(uploadImage(client, 'faces', gone)).rejects.toThrow("a.png can't be read any more")
    expect(asked).toEqual([])
  })

  it('throws what Storage says', async () => {
    const { client } = storage(new Error('mime type not supported'))
    await expect(uploadImage(client, 'faces', file)).rejects.toThrow('mime type not supported')
  })
})
