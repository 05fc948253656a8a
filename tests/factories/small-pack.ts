import { createHash } from 'node:crypto'
import { packManifestSchema, type PackManifest } from '../../core/faces/packs/manifest'
import { starterManifest } from '../../core/faces/packs/shipped-packs'
import { smallestModels } from './onnx'

export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** The files of a small pack. */
export const contents = {
  'detector.onnx': smallestModels.detector(),
  'landmarks.onnx': smallestModels.landmarks(),
  'recogniser.onnx': smallestModels.recogniser(),
}
type Name = keyof typeof contents
export const names = Object.keys(contents) as Name[]

interface Choices {
  /** Where its zip is had; nowhere where not given. */
  url?: string
  name?: string
  hashes?: boolean
  kind?: 'zip' | 'local'
  terms?: object
  roles?: object
}

/** A pack of the three roles that are needed, for tests. */
export function smallManifest({
  url = 'http://localhost/',
  name = 'small',
  hashes = true,
  kind = 'zip',
  roles,
  ...rest
}: Choices = {}): PackManifest {
  const words = { licence: 'MIT', note: 'for tests' }
  const own = (role: 'detector' | 'landmarks' | 'recogniser') => ({
    ...starterManifest.roles[role],
    file: `${role}.onnx`,
  })
  return packManifestSchema.parse({
    ...{ name, title: 'Small pack', version: 1, licence: 'MIT' },
    sources: { it: kind === 'zip' ? { kind, url, ...words } : { kind, ...words } },
    files: names.map((file) => ({
      name: file,
      from: [{ source: 'it', path: `small/${file}`, ...(hashes && { sha256: sha256(contents[file]) }) }],
      ...(hashes && { sha256: sha256(contents[file]), bytes: contents[file].length }),
    })),
    roles: roles ?? {
      detector: own('detector'),
      landmarks: own('landmarks'),
      recogniser: own('recogniser'),
    },
    ...rest,
  })
}
