import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packManifestSchema, type PackManifest } from '../../core/faces/packs/manifest'
import { installPack, type InstalledPack } from '../../core/faces/packs/packs'
import { ownManifestName, starterManifest } from '../../core/faces/packs/shipped-packs'
import { onnxModel } from './onnx'
import { findStarterPack } from './pack'
import { zipOf } from './zip'

/**
 * A recogniser that is unlike the starter's and answers anew for each photo: the means of 588 patches of 8 × 8 pixels,
 * of which 512 are taken. It recognises nobody.
 */
const patchMeans = () =>
  onnxModel({
    inputs: [{ name: 'input', shape: [1, 3, 112, 112] }],
    outputs: [{ name: 'output', shape: [1, 512] }],
    constants: [
      { name: 'from', shape: [1], values: new BigInt64Array([0n]) },
      { name: 'to', shape: [1], values: new BigInt64Array([512n]) },
      { name: 'axis', shape: [1], values: new BigInt64Array([1n]) },
    ],
    nodes: [
      {
        ...{ op: 'AveragePool', inputs: ['input'], output: 'patches' },
        attributes: { kernel_shape: [8, 8], strides: [8, 8] },
      },
      { op: 'Flatten', inputs: ['patches'], output: 'flat' },
      { op: 'Slice', inputs: ['flat', 'from', 'to', 'axis'], output: 'output' },
    ],
  })

const borrow = { borrow: 'starter' }

/** Everything of the starter but the recogniser. */
export const twinManifest: PackManifest = packManifestSchema.parse({
  ...{ name: 'twin', title: 'Twin of the starter', version: 1, licence: 'MIT' },
  sources: { it: { kind: 'local', licence: 'MIT', note: 'for tests' } },
  files: [{ name: 'patches.onnx', from: [{ source: 'it', path: 'patches.onnx' }] }],
  roles: {
    ...{ detector: borrow, landmarks: borrow, pose: borrow, age_gender: borrow, expression: borrow },
    recogniser: { ...starterManifest.roles.recogniser, file: 'patches.onnx' },
  },
})

/** The twin as a zip that a server has; the pack is known there, and not installed. */
export function offerTwin(directory: string, url: string): Buffer {
  const source = { kind: 'zip', url, licence: 'MIT', note: 'for tests' }
  mkdirSync(join(directory, 'twin'), { recursive: true })
  writeFileSync(
    join(directory, 'twin', ownManifestName),
    JSON.stringify({ ...twinManifest, sources: { it: source } }),
  )
  return zipOf([{ name: 'patches.onnx', bytes: patchMeans() }])
}

/** The files of the twin, as a person would bring them; a folder that is the caller's to remove. */
export function twinFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), 'semblance-twin-'))
  writeFileSync(join(folder, 'patches.onnx'), patchMeans())
  return folder
}

/**
 * Makes a folder of packs with the starter, which lies elsewhere, and the twin where it is wanted.
 * Undefined where the starter can't be had; a line says so.
 */
export async function packsWithTwin(
  directory: string,
  { twin = true } = {},
): Promise<{ starter: InstalledPack; twin: InstalledPack | undefined } | undefined> {
  const starter = await findStarterPack()
  if (!starter) return undefined
  mkdirSync(directory, { recursive: true })
  const link = join(directory, 'starter')
  if (!existsSync(link)) symlinkSync(starter.directory, link)
  if (!twin) return { starter, twin: undefined }
  const from = twinFiles()
  try {
    return { starter, twin: await installPack({ manifest: twinManifest, directory, from }) }
  } finally {
    rmSync(from, { recursive: true })
  }
}
