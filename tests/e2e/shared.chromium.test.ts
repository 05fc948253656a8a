import type { Page } from 'playwright'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSupabase } from '../../core/supabase/client'
import { postgresAvailable } from '../factories/database'
import { lacksChromium } from './harness/browser'
import { signInAsAdmin } from './harness/client'
import { consoleInChromium } from './harness/console'
import { type CrossOriginProxy, startCrossOriginProxy } from './harness/cross-origin'
import { preparePhotos, type ScenarioPhotos } from './harness/photos'
import { type RunningProject, startProject } from './harness/project'
import * as steps from './harness/steps'

const soon = 60_000

/**
 * Real: everything. The page comes from one host and talks to the project at another origin, which is a host with
 * embedded services; between the browser and it stands what a hosted project's gateway adds.
 */
describe.skipIf(lacksChromium() || !(await postgresAvailable()))('the console on a Supabase project', () => {
  const { open, atEnd, step, complaints } = consoleInChromium({ hears: true })
  let project: RunningProject
  let proxy: CrossOriginProxy
  let page: Page
  let photos: ScenarioPhotos

  beforeAll(async () => {
    project = await startProject()
    atEnd(() => project.close())
    await signInAsAdmin(project.host().url)
    proxy = await startCrossOriginProxy(project.host().url)
    atEnd(() => proxy.close())
    const { browserArguments } = proxy
    const opened = await open({ environment: () => project.environment(), browserArguments })
    ;({ page } = opened)
    photos = await preparePhotos(opened.home.photos)
  })

  const signIn = async (password: string) => {
    await page.getByLabel('E-mail').fill('ada@school.edu')
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  step('understands a refusal of the project', async () => {
    await page.getByText(`Accounts of ${new URL(project.host().url).host}.`).waitFor({ timeout: soon })
    await signIn('not the password')
    await page.getByText('E-mail or password is wrong.').waitFor({ timeout: soon })
    // The browser itself says that it was answered with 400.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('/auth/v1/token')])
  })

  step('signs in there, and is still signed in after a reload', async () => {
    await signIn('correct horse battery')
    await page.getByRole('heading', { name: 'Overview' }).waitFor({ timeout: soon })
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor({ timeout: soon })
    expect(proxy.passed).toContain('POST /auth/v1/token')
  })

  step('sends a photo there, and shows it as soon as it is analysed', async () => {
    await steps.goTo(page, 'People')
    await page.getByRole('grid', { name: 'People' }).getByRole('row', { name: 'Ada Admin' }).click()
    const pane = page.getByRole('complementary', { name: 'Person' })
    await steps.choose(page, pane.getByRole('button', { name: 'Add a photo…' }), photos.face.file)
    await pane.getByRole('button', { name: /, Analysed/ }).waitFor({ timeout: soon })
    const photo = pane.locator('figure img')
    expect(await photo.getAttribute('src')).toMatch(
      new RegExp(`^${project.host().url}/storage/v1/object/sign/faces/`),
    )
    await steps.expectShown(photo)
    expect(proxy.passed).toContainEqual(expect.stringMatching(/^POST \/storage\/v1\/object\/faces\//))
    expect(proxy.passed).toContainEqual(expect.stringMatching(/^GET \/storage\/v1\/object\/sign\/faces\//))
  })

  step('shows who signs up at the project, without being asked', async () => {
    const supabase = createSupabase({
      url: project.host().url,
      key: project.environment().SEMBLANCE_SUPABASE_KEY ?? '',
    })
    const person = { email: 'bea@school.edu', password: 'correct horse battery' }
    const { error } = await supabase.auth.signUp({ ...person, options: { data: { name: 'Bea Newcomer' } } })
    expect(error).toBeNull()
    await page.getByRole('row', { name: 'Bea Newcomer' }).waitFor({ timeout: soon })
  })

  step('may hear of changes from the project itself', async () => {
    const address = `${project.host().url.replace('http', 'ws')}/realtime/v1/websocket?vsn=2.0.0&apikey=`
    const heard = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => socket.send('[null,"1","phoenix","heartbeat",{}]')
          socket.onmessage = ({ data }) => resolve(String(data))
          socket.onclose = ({ code }) => resolve(`closed ${code}`)
        }),
      address + (project.environment().SEMBLANCE_SUPABASE_KEY ?? ''),
    )
    expect(JSON.parse(heard)).toEqual([null, '1', 'phoenix', 'phx_reply', { status: 'ok', response: {} }])
    expect(proxy.passed).toContain('UPGRADE /realtime/v1/websocket')
  })

  it('did all that without a complaint of the browser', () => expect(complaints).toEqual([]))
})
