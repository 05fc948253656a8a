import { ORPCError } from '@orpc/client'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../../core/api/contract'
import { UploadRefused } from '../../rpc/upload'
import { addCelebrity } from './add-celebrity'

const photo = { file: new File(['x'], 'ada.jpg'), name: 'Ada' }

/** What becomes of a photo that uploads well and whose registration ends so. */
function outcomeOf(add: () => Promise<{ id: string }>) {
  const client = { celebrities: { add } } as unknown as Client
  return addCelebrity(client, () => Promise.resolve('some-path.jpg'), photo)
}

describe('addCelebrity', () => {
  it('registers what it has uploaded', async () => {
    const sent: unknown[] = []
    const add = (input: unknown) => {
      sent.push(input)
      return Promise.resolve({ id: 'new' })
    }
    const client = { celebrities: { add } } as unknown as Client
    const outcome = await addCelebrity(client, () => Promise.resolve('some-path.jpg'), photo)
    expect(outcome).toEqual({ state: 'added', celebrityId: 'new' })
    expect(sent).toEqual([{ name: 'Ada', image_path: 'some-path.jpg' }])
  })

  it('names who has the photo already', async () => {
    const data = { celebrity_id: 'other' }
    const outcome = await outcomeOf(() =>
      Promise.reject(new ORPCError('CONFLICT', { message: 'Known.', data })),
    )
    expect(outcome).toEqual({ state: 'known', celebrityId: 'other', reason: 'Known.' })
  })

  it('rejects for good what the host can never use', async () => {
    const error = new ORPCError('IMAGE_REJECTED', { status: 422, message: 'Not an image.' })
    expect(await outcomeOf(() => Promise.reject(error))).toEqual({
      state: 'rejected',
      reason: 'Not an image.',
    })
  })

  it('rejects what need not even be sent, without asking the host', async () => {
    const client = {} as Client
    const refuse = () => Promise.reject(new UploadRefused('ada.txt: no photo.'))
    expect(await addCelebrity(client, refuse, photo)).toEqual({
      state: 'rejected',
      reason: 'ada.txt: no photo.',
    })
  })

  it('may try again where nobody answered or the host broke', async () => {
    const away = await outcomeOf(() => Promise.reject(new TypeError('Failed to fetch')))
    expect(away.state).toBe('failed')
    const broken = await outcomeOf(() => Promise.reject(new ORPCError('INTERNAL_SERVER_ERROR')))
    expect(broken.state).toBe('failed')
  })
})
