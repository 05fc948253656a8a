import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256OfFile } from './download'
import { flushDenormals } from '../export/denormals'
import { exportAgeGender, exportExpression } from '../export/face-api'
import { packRoles, type PackFile, type PackManifest } from './manifest'
import { checkModelFile } from '../inference/pack-models'
import { fetchSources, mismatch, takeFromLocal } from './pack-sources'
import type { InstallOptions } from './pack-types'

const converters: Record<NonNullable<PackFile['converter']>, (parts: Buffer[]) => Uint8Array> = {
  flush_denormals: ([model]) => flushDenormals(model),
  face_api_age_gender: ([manifest, weights]) => exportAgeGender(manifest.toString('utf8'), weights),
  face_api_expression: ([manifest, weights]) => exportExpression(manifest.toString('utf8'), weights),
}

/**
 * Writes every file of the pack into `folder`: fetched, checked, converted, and held against its decoder.
 * @returns the sha256 of each file, and that of what the recogniser was made of
 */
export async function fillPack(
  folder: string,
  options: InstallOptions,
): Promise<{ sha256: Record<string, string>; recogniser: string }> {
  const { manifest, onProgress, signal } = options
  const staging = join(folder, '.parts')
  await mkdir(staging)
  const staged = options.from
    ? await takeFromLocal(options.from, staging, manifest, options)
    : await fetchSources(staging, options)
  onProgress?.(0.9, 'Writing the models')
  const sha256: Record<string, string> = {}
  let recogniser = ''
  for (const file of manifest.files) {
    signal?.throwIfAborted()
    const { finished, parts } = staged[file.name]
    const target = join(folder, file.name)
    const [source] = parts ?? [finished]
    if (isRecogniser(file, manifest)) recogniser = await sha256OfFile(source)
    if (parts && file.converter) {
      const contents = await Promise.all(parts.map((part) => readFile(part)))
      await writeFile(target, converters[file.converter](contents), { flush: true })
    } else await rename(source, target)
    sha256[file.name] = await checkSha(target, file.sha256, file.name)
  }
  await rm(staging, { recursive: true, force: true })
  for (const role of packRoles) {
    const model = manifest.roles[role]
    if (model && !('borrow' in model)) await checkModelFile(join(folder, model.file), role, manifest)
  }
  return { sha256, recogniser }
}

const isRecogniser = ({ name }: PackFile, { roles: { recogniser } }: PackManifest) =>
  'file' in recogniser && recogniser.file === name

/** @returns the file's sha256. @throws SemblanceError UNAVAILABLE where another was expected */
async function checkSha(path: string, expected: string | undefined, name: string): Promise<string> {
  const actual = await sha256OfFile(path)
  if (expected === undefined || actual === expected) return actual
  throw mismatch(name, actual, expected)
}
