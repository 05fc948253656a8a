import type { Engine } from '../engine'
import { migrate } from '../migrate'
import { type Catalogue, readCatalogue } from './catalogue'
import { objectsOf } from './objects'
import { objectKey, type SchemaObjects } from './schema-object'

/** Opens an empty database in memory; whoever asked closes it. */
export type OpenScratch = () => Promise<Engine>

/** What the migrations make of an empty database. */
export interface Reference {
  catalogue: Catalogue
  objects: SchemaObjects
  /** An object's key → the migration that adds it. */
  addedBy: Map<string, string>
  /** The migrations' names, in order. */
  migrations: string[]
}

export interface ReferenceOptions {
  openScratch: OpenScratch
  /** Where the migrations lie. */
  directory: string
  /** The last migration to run; all where not given. */
  upTo?: string
  /** Whose surroundings the scratch database is given first, since migrations look at them. */
  like?: Pick<Catalogue, 'publications' | 'tables'>
}

/** What the migrations make beside what a database has already: {@link buildReference} for these migrations. */
export type ReferenceOf = (wanted: Pick<ReferenceOptions, 'upTo' | 'like'>) => Promise<Reference>

/** Runs the migrations one by one on a scratch database and looks at it after each. */
export async function buildReference(options: ReferenceOptions): Promise<Reference> {
  const { openScratch, directory, upTo, like } = options
  const engine = await openScratch()
  try {
    if (like && like.publications.length > 0) await engine.pool.query('create publication supabase_realtime')
    const addedBy = new Map<string, string>()
    const migrations: string[] = []
    let catalogue: Catalogue | undefined
    let objects: SchemaObjects = new Map()
    await migrate(
      { engine },
      {
        directory,
        ...(upTo === undefined ? {} : { upTo }),
        onApplied: async (name, client) => {
          migrations.push(name)
          catalogue = await readCatalogue(client, null)
          objects = objectsOf(catalogue)
          for (const object of objects.values()) {
            const key = objectKey(object)
            if (!addedBy.has(key)) addedBy.set(key, name)
          }
        },
      },
    )
    if (!catalogue) throw new Error(`There are no migrations in ${directory}.`)
    return { catalogue, objects, addedBy, migrations }
  } finally {
    await engine.close()
  }
}
