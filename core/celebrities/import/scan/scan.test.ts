import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStaging, type TestStaging } from '../../../../tests/factories/staging'
import { createImport } from '../create'
import { scanImport } from './scan'

describe('scanning a folder', () => {
  let staging: TestStaging
  let folder: string
  beforeAll(async () => {
    staging = await createStaging()
    folder = await mkdtemp(join(tmpdir(), 'semblance-scan-'))
  })
  afterAll(async () => {
    await staging.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('leaves each file as a row, and finds nothing new when begun again', async () => {
    await mkdir(join(folder, 'Ann Onym'))
    await writeFile(join(folder, 'Ann Onym', 'IMG_1.jpg'), 'x')
    await writeFile(join(folder, 'Ann Onym', 'IMG_2.jpg.json'), '{}')
    await writeFile(join(folder, 'Ann Onym', 'IMG_2.jpg'), 'x')
    await writeFile(join(folder, 'bob_builder.jpg'), 'x')
    await writeFile(join(folder, 'list.csv'), 'file;name\nbob_builder.jpg;Builder, Bob\nnone.jpg;N\n')
    const id = await createImport(staging, { path: folder }, null)
    await scanImport(staging, id)
    const read = () =>
      staging.transaction((tx) =>
        tx.selectFrom('files').selectAll().where('import_id', '=', id).orderBy('id').execute(),
      )
    const rows = await read()
    const found = rows.map(({ path, name, name_original, reason_code }) => [
      path,
      name,
      name_original,
      reason_code,
    ])
    expect(found).toEqual([
      ['Ann Onym/IMG_1.jpg', 'Ann Onym', 'Ann Onym', null],
      ['Ann Onym/IMG_2.jpg', 'Ann Onym', 'Ann Onym', null],
      ['bob_builder.jpg', 'Bob Builder', 'Builder, Bob', null],
      ['none.jpg', 'N', 'N', 'gone'],
    ])
    await scanImport(staging, id)
    expect(await read()).toEqual(rows)
  })
})
