import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'

describe('the staging area', () => {
  let staging: TestStaging
  beforeAll(async () => {
    staging = await createStaging()
  })
  afterAll(() => staging.close())

  test('keeps imports and their files', async () => {
    const { id } = await staging.transaction((tx) =>
      tx
        .insertInto('imports')
        .values({ name: 'Actors', source_kind: 'folder', source_path: '/photos' })
        .returning('id')
        .executeTakeFirstOrThrow(),
    )
    await staging.transaction((tx) =>
      tx
        .insertInto('files')
        .values({
          import_id: id,
          path: 'Ann Onym/1.jpg',
          locator: JSON.stringify({ in: 'folder', path: '/photos/Ann Onym/1.jpg' }),
        })
        .execute(),
    )
    const files = await staging.transaction((tx) => tx.selectFrom('files').selectAll().execute())
    expect(files).toMatchObject([{ import_id: id, state: 'found', locator: { in: 'folder' } }])
  })
})
