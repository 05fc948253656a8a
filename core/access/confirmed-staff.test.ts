import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Caller } from '../model/caller'
import type { Role } from '../model/roles'
import { confirmedForMs, openConfirmedStaff } from './confirmed-staff'

describe('who was confirmed as staff', () => {
  let folder: string
  let clock: number
  const problems: unknown[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'semblance-confirmed-'))
    clock = Date.UTC(2026, 0, 1)
    problems.length = 0
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = (
    project = 'https://school.test',
    write = (file: string, text: string) => writeFile(file, text),
  ) =>
    openConfirmedStaff({
      ...{ project, write, file: join(folder, 'confirmed.json'), now: () => clock },
      onProblem: (error) => problems.push(error),
    })
  const ann = (aal = 'aal1'): Caller => ({ id: 'ann', email: null, role: 'authenticated', claims: { aal } })
  const as = (role: Role, lacksSecondFactor = false) => ({ role, lacksSecondFactor })

  test('outlives a restart, for seven days', async () => {
    const staff = await open()
    await staff.note(ann(), as('curator'))
    expect((await open()).roleOf(ann())).toBe('curator')
    clock += confirmedForMs - 1
    expect((await open()).roleOf(ann())).toBe('curator')
    clock += 1
    expect((await open()).roleOf(ann())).toBeNull()
  })

  test('is renewed by every answer, and not written anew each time', async () => {
    let writes = 0
    const staff = await open(undefined, (file, text) => (writes++, writeFile(file, text)))
    await staff.note(ann(), as('admin'))
    await staff.note(ann(), as('admin'))
    expect(writes).toBe(1)
    clock += confirmedForMs - 1
    await staff.note(ann(), as('admin'))
    clock += confirmedForMs - 1
    expect(staff.roleOf(ann())).toBe('admin')
  })

  test.each(['user', 'moderator'] as const)(
    'ends with the answer that it is a %s now, for good',
    async (role) => {
      const staff = await open()
      await staff.note(ann(), as('curator'))
      await staff.note(ann(), as(role))
      expect(staff.roleOf(ann())).toBeNull()
      expect((await open()).roleOf(ann())).toBeNull()
      expect(await readFile(join(folder, 'confirmed.json'), 'utf8')).not.toContain('ann')
    },
  )

  test('is never made for who is no curator', async () => {
    const staff = await open()
    await staff.note(ann(), as('moderator'))
    expect(staff.roleOf(ann())).toBeNull()
  })

  test('of a sign-in with a second factor is not that of one without', async () => {
    const staff = await open()
    await staff.note(ann('aal2'), as('curator'))
    // A password alone shows neither that the role is gone nor that it is hers.
    await staff.note(ann('aal1'), as('user', true))
    expect(staff.roleOf(ann('aal1'))).toBeNull()
    expect(staff.roleOf(ann('aal2'))).toBe('curator')
  })

  test('by a password alone ends where a second factor is asked for since', async () => {
    const staff = await open()
    await staff.note(ann('aal1'), as('curator'))
    await staff.note(ann('aal1'), as('user', true))
    expect(staff.roleOf(ann('aal1'))).toBeNull()
  })

  test('says nothing of another project, nor where it can’t be read', async () => {
    await (await open()).note(ann(), as('curator'))
    expect((await open('https://other.test')).roleOf(ann())).toBeNull()
    await writeFile(
      join(folder, 'confirmed.json'),
      '{"project":"https://school.test","people":{"ann":{"role":"root"}}}',
    )
    expect((await open()).roleOf(ann())).toBeNull()
  })

  test('does not last longer where the clock is set back', async () => {
    const staff = await open()
    await staff.note(ann(), as('curator'))
    clock -= 60_000
    expect(staff.roleOf(ann())).toBeNull()
  })

  test('that can’t be written counts until the host ends', async () => {
    const staff = await open(undefined, () => Promise.reject(new Error('ENOSPC')))
    await staff.note(ann(), as('curator'))
    expect(staff.roleOf(ann())).toBe('curator')
    expect(problems).toHaveLength(1)
  })
})
