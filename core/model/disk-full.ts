/** No room: the file system's two words for it, and PostgreSQL's. */
const codes = ['ENOSPC', 'EDQUOT', '53100']
/** The embedded database and Storage servers pass on what they were told in words alone. */
const words = /no space left on device|disk quota exceeded|ENOSPC/i

/** `data.reason` of a SemblanceError that says so. */
export const diskFull = 'disk_full'

/** Whether something could not be written since a disk is full, as the error says or what caused it. */
export function isDiskFull(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code, data } = each as { code?: unknown; data?: { reason?: unknown } }
    if (codes.includes(String(code)) || data?.reason === diskFull || words.test(each.message)) return true
  }
  return false
}
