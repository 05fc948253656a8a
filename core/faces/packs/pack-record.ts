import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { sha256OfFile } from './download'
import type { PackManifest } from './manifest'

/** What an install wrote down of a pack's files. */
const recordSchema = z.object({
  name: z.string(),
  version: z.number(),
  sha256: z.record(z.string(), z.string()),
  /** sha256 of the recogniser as published, where the manifest does not give it. */
  recogniser: z.string().optional(),
  /** When the terms of the licence were accepted. */
  accepted: z.string().optional(),
})
export type PackRecord = z.infer<typeof recordSchema>

const recordName = 'installed.json'

/** The record of a pack's folder; undefined where there is none, or none of this version of the pack. */
export async function readRecord(manifest: PackManifest, folder: string): Promise<PackRecord | undefined> {
  try {
    const record = recordSchema.parse(JSON.parse(await readFile(join(folder, recordName), 'utf8')))
    const isSame =
      record.name === manifest.name &&
      record.version === manifest.version &&
      manifest.files.every(
        ({ name, sha256 }) => record.sha256[name] && record.sha256[name] === (sha256 ?? record.sha256[name]),
      )
    return isSame ? record : undefined
  } catch {
    return undefined
  }
}

/** Written in one step, so that a kill leaves the old one or the new one. */
export async function writeRecord(folder: string, record: PackRecord): Promise<void> {
  await writeAtomically(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`)
}

export async function writeAtomically(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.tmp`
  try {
    await writeFile(partial, text, { flush: true })
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
}

/** A file of a pack that is missing, or not the one that it should be. */
export interface FileFault {
  file: string
  problem: string
}

/** Compares every file with its size and sha256 in the manifest, else with those recorded at the install. */
export async function findFaults(
  manifest: PackManifest,
  folder: string,
  record: PackRecord | undefined,
): Promise<FileFault[]> {
  const faults: FileFault[] = []
  for (const { name, bytes, sha256 } of manifest.files) {
    const path = join(folder, name)
    const size = await stat(path).then(
      (info) => info.size,
      () => undefined,
    )
    const expected = sha256 ?? record?.sha256[name]
    if (size === undefined) faults.push({ file: name, problem: 'missing' })
    else if (bytes !== undefined && size !== bytes)
      faults.push({ file: name, problem: `${size} bytes, expected ${bytes}` })
    else if (expected === undefined)
      faults.push({ file: name, problem: 'its sha256 is neither in the manifest nor recorded' })
    else {
      const actual = await sha256OfFile(path)
      if (actual !== expected) faults.push({ file: name, problem: `sha256 ${actual}, expected ${expected}` })
    }
  }
  return faults
}
