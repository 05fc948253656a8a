import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openSql, type SqlDatabase } from '../../tests/factories/engines'
import { analysisColumns } from './face-columns'

/** Columns of `celebrities` that no analysis of a photo writes. */
const others = [
  ...['id', 'name', 'bio', 'category', 'name_original', 'created_at', 'updated_at'],
  ...['image_path', 'image_hash', 'perceptual_hash', 'thumbnail_path', 'view_path'],
  ...['licence', 'source', 'import_id', 'embedding', 'embedding_model'],
  // Derived by trigger from the columns of an analysis.
  ...['embedding_norm', 'embedding_signs', 'geometry', 'skin_tone'],
]

describe.each(engines)('the columns of an analysis on %s', (engine) => {
  let database: SqlDatabase
  beforeAll(async () => {
    database = await openSql(engine)
  })
  afterAll(() => database.close())

  const columnsOf = async (table: string) => {
    const rows = await database.query<{ name: string }>(
      'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped',
      [table],
    )
    return rows.map(({ name }) => name)
  }

  test('are listed here and in the database, and every column of a celebrity is one of them or known not to be', async () => {
    const [{ names }] = await database.query<{ names: string[] }>(
      'select private.analysis_columns() as names',
    )
    expect([...analysisColumns].toSorted()).toEqual(names.toSorted())
    const columns = await columnsOf('public.celebrities')
    expect(columns.filter((name) => !others.includes(name)).toSorted()).toEqual(
      [...analysisColumns].toSorted(),
    )
    expect(await columnsOf('public.faces')).toEqual(expect.arrayContaining([...analysisColumns]))
  })

  test('of a photo are all kept where another takes its place', async () => {
    const photo = analysisColumns.filter((name) => name !== 'gender')
    const own = [
      'embedding',
      'embedding_model',
      'image_path',
      'image_hash',
      'perceptual_hash',
      'thumbnail_path',
    ]
    const [{ names }] = await database.query<{ names: string[] }>('select private.photo_columns() as names')
    expect(names.toSorted()).toEqual(
      [...photo, ...own, 'view_path', 'licence', 'source', 'import_id'].toSorted(),
    )
  })
})
