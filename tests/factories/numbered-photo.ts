/** Copies of a JPEG, each of other bytes, which belong to its picture and change no pixel: a number follows what is coded. */
export function numberedPhoto(jpeg: Buffer, number: number): Buffer {
  return Buffer.concat([jpeg.subarray(0, -2), Buffer.from(`#${number}`), jpeg.subarray(-2)])
}

/** The number of such a copy; undefined of another photo. */
export function numberOf(bytes: Uint8Array): number | undefined {
  const number = /#(\d+)..$/s.exec(Buffer.from(bytes).toString('latin1'))?.[1]
  return number === undefined ? undefined : Number(number)
}
