import { createHmac, timingSafeEqual } from 'node:crypto'

/** `thumbnail`: its largest face, or the whole where none is known yet, 256 px. `view`: the whole photo, upright. */
export type StagedImageKind = 'thumbnail' | 'view'

export interface StagedImage {
  importId: string
  fileId: string
  kind: StagedImageKind
}

/** Hands out addresses of photos that lie in imports of this machine: to curators, who were asked for before. */
export interface StagedImages {
  /** An address that shows this one picture for an hour or two, whoever has it. It is the same for a while. */
  sign: (importId: string, fileId: string | number, kind: StagedImageKind) => string
}

/** Seconds that an address lasts at least. */
const leastSeconds = 3600
const kinds: Record<string, StagedImageKind> = { t: 'thumbnail', v: 'view' }

/** Makes and checks the last part of addresses: import, file, kind and end, with HMAC-SHA256. No path is in it. */
export function createImageSigner(key: Uint8Array, clock: () => Date = () => new Date()) {
  const seconds = () => Math.floor(clock().getTime() / 1000)
  const signatureOf = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    sign({ importId, fileId, kind }: StagedImage): string {
      // To the full hour, so that a list that is asked for again shows what the browser has already.
      const ends = (Math.floor(seconds() / leastSeconds) + 2) * leastSeconds
      const text = `${importId}.${fileId}.${kind[0]}.${ends.toString(36)}`
      return `${text}.${signatureOf(text)}`
    },
    /** The picture, and how many seconds its address lasts; null where it is not ours or has ended. */
    check(token: string): (StagedImage & { seconds: number }) | null {
      const form = /^(([\da-f-]{36})\.(\d{1,18})\.([tv])\.([\da-z]{1,9}))\.([\w-]{43})$/.exec(token)
      if (!form) return null
      const [, text, importId, fileId, kind, end, signature] = form
      if (!timingSafeEqual(Buffer.from(signature), Buffer.from(signatureOf(text)))) return null
      const left = parseInt(end, 36) - seconds()
      return left > 0 ? { importId, fileId, kind: kinds[kind], seconds: left } : null
    },
  }
}
