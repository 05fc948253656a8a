import { join } from 'node:path'
import { SemblanceError } from '../../model/errors'
import { differencesOf } from '../decoders'
import { packRoles, type PackManifest, type PackModel, type PackRole } from '../packs/manifest'
import type { InstalledPack } from '../packs/pack-types'
import { openModel, type Model, type ProviderName } from './session'
import { readSignature, type ModelSignature } from './signature'

/** The models of a pack, open. A role that the pack lacks leaves its attributes null. */
export type Models = Record<'detector' | 'landmarks' | 'recogniser', Model> &
  Partial<Record<'pose' | 'age_gender' | 'expression', Model>>

/** A role of a pack with the file that fills it, its own or a borrowed one. */
export interface RoleFile {
  role: PackRole
  path: string
  definition: PackModel
  /** The pack that the file belongs to. */
  owner: PackManifest
}

/**
 * Which file fills each role.
 * @throws SemblanceError BAD_REQUEST where a pack that lends lacks the role, or borrows it itself
 */
export function roleFilesOf(pack: InstalledPack): RoleFile[] {
  return packRoles.flatMap((role): RoleFile[] => {
    const wanted = pack.manifest.roles[role]
    if (!wanted) return []
    const owner = 'borrow' in wanted ? pack.lenders?.[wanted.borrow] : pack
    const definition = owner?.manifest.roles[role]
    if (!owner || !definition || 'borrow' in definition) {
      const lender = 'borrow' in wanted ? wanted.borrow : pack.manifest.name
      throw new SemblanceError(
        'BAD_REQUEST',
        `${pack.manifest.name} borrows ${role} from ${lender}, which has none.`,
      )
    }
    return [{ role, path: join(owner.directory, definition.file), definition, owner: owner.manifest }]
  })
}

/**
 * Holds a file against what the decoder of its role needs, by the file's own word.
 * @throws SemblanceError BAD_REQUEST with every difference, expected and found
 */
export async function checkModelFile(path: string, role: PackRole, manifest: PackManifest): Promise<void> {
  const definition = manifest.roles[role]
  if (!definition || 'borrow' in definition) return
  refuseDifferences(role, definition, await readSignature(path), manifest)
}

function refuseDifferences(
  role: PackRole,
  definition: PackModel,
  signature: ModelSignature,
  manifest: PackManifest,
): void {
  const differences = differencesOf(role, definition, signature, manifest.alignment)
  if (differences.length === 0) return
  throw new SemblanceError(
    'BAD_REQUEST',
    `${manifest.name}: ${definition.file} can't be the ${role} that decoder ${definition.decoder} reads: ${differences.join('; ')}.`,
    { pack: manifest.name, role, decoder: definition.decoder, differences },
  )
}

/**
 * Opens every model of a pack, and closes those again that were open where one can't be.
 * @throws SemblanceError BAD_REQUEST where a file is not what its decoder needs; Error where it can't be loaded
 */
export async function openModels(pack: InstalledPack, provider: ProviderName = 'cpu'): Promise<Models> {
  const open: Partial<Record<PackRole, Model>> = {}
  try {
    for (const { role, path, definition, owner } of roleFilesOf(pack)) {
      const model = await openModel(path, definition, provider)
      open[role] = model
      // A borrowed detector has to give points where this pack aligns by them.
      const manifest = role === 'detector' ? { ...owner, alignment: pack.manifest.alignment } : owner
      refuseDifferences(role, definition, model.signature, manifest)
    }
  } catch (error) {
    await closeModels(open)
    throw error
  }
  return open as Models
}

export async function closeModels(models: Partial<Record<PackRole, Model>>): Promise<void> {
  await Promise.all(Object.values(models).map((model) => model.close()))
}
