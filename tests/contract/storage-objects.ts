import { randomBytes, randomUUID } from 'node:crypto'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { Person } from './people'

/** Random bytes that begin like a PNG, eight more than `size`. */
export const png = (size = 1000) => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), randomBytes(size)])
/** A new name in the person's own folder. */
export const own = ({ user }: Person, ext = 'png') => `${user.id}/${randomUUID()}.${ext}`
export const image = { contentType: 'image/png' }
export const codeOf = (error: unknown) => (error as { code?: string } | null)?.code

/** An object that is there: in `faces` under its owner's folder, or without an owner in `celebrity-images`. */
export async function stored(service: SupabaseClient, owner: Person | null, bytes = png()): Promise<string> {
  const path = owner ? own(owner) : `${randomUUID()}.png`
  const bucket = service.storage.from(owner ? 'faces' : 'celebrity-images')
  const { error } = await bucket.upload(path, bytes, image)
  if (error) throw error
  return path
}

/** What lies in `faces` under that name, as this client sees it. */
export async function bytesOf(supabase: SupabaseClient, path: string): Promise<Buffer> {
  const { data, error } = await supabase.storage.from('faces').download(path)
  if (error) throw error
  return Buffer.from(await data.arrayBuffer())
}
