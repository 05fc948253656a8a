import type { SupabaseClient } from '@supabase/supabase-js'
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
    expect(asked).toEqual([[path, file, { contentType: 'image/png', upsert: false }]])
    expect(await uploadImage(client, 'celebrity-images', file)).toMatch(/^[0-9a-f-]{36}\.png$/)
  })

  it('throws what Storage says', async () => {
    const { client } = storage(new Error('mime type not supported'))
    await expect(uploadImage(client, 'faces', file)).rejects.toThrow('mime type not supported')
  })
})
