import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from './channels'
import { signUp } from './people'
import { openProject, type EmbeddedProject } from './project'
import { openRaw } from './raw-socket'

/** Of the embedded services alone: Supabase's public channels take a client's word for who is present. */
let project: EmbeddedProject
beforeAll(async () => {
  project = await openProject('pglite')
})
afterAll(() => project?.close())

const reasonOf = ({ payload }: { payload: { response?: { reason?: string } } }) => payload.response?.reason
const track = (payload: unknown) => ({ type: 'presence', event: 'track', payload })

describe('presence in presence-global', () => {
  const online = 'realtime:presence-global'
  const enter = async (key: string, token?: string) => {
    const raw = await openRaw(project)
    await raw.join(online, { presence: { key, enabled: true } }, token)
    raw.send(['j1', '2', online, 'presence', track({ mood: 'sly' })])
    await until(() => raw.frames.some(({ ref }) => ref === '2'), 'the answer')
    return raw
  }
  const present = async () => {
    const raw = await openRaw(project)
    await raw.join(online, { presence: { key: 'watcher', enabled: true } })
    await until(() => raw.frames.some(({ event }) => event === 'presence_state'), 'the state')
    raw.socket.close()
    return Object.keys(raw.frames.find(({ event }) => event === 'presence_state')!.payload)
  }

  test('who is signed in is there as themselves, whatever key they ask for', async () => {
    const [bob, eve] = [await signUp(project), await signUp(project)]
    const raw = await enter(bob.user.id, eve.session.access_token)
    expect(await present()).toEqual([eve.user.id])
    // With another's token it is no longer there as the first.
    raw.send([null, '3', online, 'access_token', { access_token: bob.session.access_token }])
    raw.send(['j1', '4', online, 'presence', track({})])
    await until(() => raw.frames.some(({ ref }) => ref === '4'), 'the answer')
    expect(await present()).toEqual([bob.user.id])
    raw.socket.terminate()
    await expect.poll(present, { timeout: 5_000 }).toEqual([])
  })

  test('who is not signed in may look, and is not there; nothing is noted of whom they claim to be', async () => {
    const bob = await signUp(project)
    const raw = await enter(bob.user.id)
    expect(reasonOf(raw.frames.find(({ ref }) => ref === '2')!)).toContain('signed in')
    expect(await present()).toEqual([])
    raw.socket.terminate()
    await new Promise((resolve) => setTimeout(resolve, 300))
    const [profile] = await project.query('select last_seen from public.profiles where id = $1', [
      bob.user.id,
    ])
    expect(profile).toEqual({ last_seen: null })
  })
})
