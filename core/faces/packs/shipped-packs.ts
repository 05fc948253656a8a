import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import antelopev2 from '../../../resources/packs/antelopev2.json'
import buffaloL from '../../../resources/packs/buffalo_l.json'
import buffaloS from '../../../resources/packs/buffalo_s.json'
import buffaloSc from '../../../resources/packs/buffalo_sc.json'
import starter from '../../../resources/packs/starter.json'
import { SemblanceError } from '../../model/errors'
import { packManifestSchema, type PackManifest } from './manifest'

/** The packs that Semblance knows by itself. */
export const shippedManifests: readonly PackManifest[] = [
  starter,
  buffaloL,
  buffaloS,
  buffaloSc,
  antelopev2,
].map((manifest) => packManifestSchema.parse(manifest))

/** What a fresh machine analyses with. */
export const [starterManifest] = shippedManifests as [PackManifest]

/** A pack that is not shipped keeps its manifest beside its files. */
export const ownManifestName = 'manifest.json'

/** All packs that there are: the shipped ones, then those of the user's own in the folder of packs. */
export async function knownManifests(directory: string): Promise<PackManifest[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const names = entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !shippedManifests.some((manifest) => manifest.name === name))
  const own = await Promise.all(names.toSorted().map((name) => readOwnManifest(directory, name)))
  return [...shippedManifests, ...own.filter((manifest) => manifest !== undefined)]
}

/** The manifest of a pack by its name. @throws SemblanceError NOT_FOUND with the names that there are */
export async function manifestOf(name: string, directory: string): Promise<PackManifest> {
  const known = await knownManifests(directory)
  const manifest = known.find((one) => one.name === name)
  if (manifest) return manifest
  throw new SemblanceError(
    'NOT_FOUND',
    `There is no pack ${name}. There are: ${known.map((one) => one.name).join(', ')}.`,
  )
}

/**
 * Reads a manifest that a user wrote.
 * @throws SemblanceError BAD_REQUEST naming every place that makes no sense; a shipped pack's name is taken
 */
export async function readManifest(path: string): Promise<PackManifest> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new SemblanceError('BAD_REQUEST', `${path} can't be read as JSON: ${(error as Error).message}`)
  }
  const parsed = packManifestSchema.safeParse(content)
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new SemblanceError('BAD_REQUEST', `${path} is no manifest of a pack.\n${issues.join('\n')}`)
  }
  if (shippedManifests.some(({ name }) => name === parsed.data.name)) {
    throw new SemblanceError(
      'BAD_REQUEST',
      `${parsed.data.name} is the name of a pack that comes with Semblance. Choose another.`,
    )
  }
  return parsed.data
}

async function readOwnManifest(directory: string, name: string): Promise<PackManifest | undefined> {
  const manifest = await readManifest(join(directory, name, ownManifestName)).catch(() => undefined)
  return manifest?.name === name ? manifest : undefined
}
