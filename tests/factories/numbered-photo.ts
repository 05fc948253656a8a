/** A JPEG of other bytes for each number, which belong to its picture and change no pixel: they follow what is coded. */
export function numberedPhoto(jpeg: Buffer, number: number): Buffer {
  return Buffer.concat([jpeg.subarray(0, -2), Buffer.from(`#${number}`), jpeg.subarray(-2)])
}

/** The number of such a photo; null where it is none. */
export function numberOf(bytes: Uint8Array): number | null {
  const found = /#(\d+)(?=..$)/s.exec(Buffer.from(bytes).toString('latin1'))
  return found ? Number(found[1]) : null
}
