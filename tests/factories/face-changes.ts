import sharp from 'sharp'

/** An upright photo stored as one of the eight EXIF orientations has it, without loss: the tag undoes it. */
export async function storedAs(orientation: number, upright: Uint8Array): Promise<Buffer> {
  const { data, info } = await sharp(upright).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  const isLying = orientation > 4
  const [w, h] = isLying ? [height, width] : [width, height]
  const stored = Buffer.alloc(data.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = storedPlace(orientation, x, y, width, height)
      data.copy(stored, (v * w + u) * 3, (y * width + x) * 3, (y * width + x) * 3 + 3)
    }
  }
  return sharp(stored, { raw: { width: w, height: h, channels: 3 } })
    .withMetadata({ orientation })
    .png()
    .toBuffer()
}

/** Where a pixel of the upright picture stands in the stored one: EXIF 2.32, tag 0x0112. */
function storedPlace(orientation: number, x: number, y: number, width: number, height: number) {
  const [right, bottom] = [width - 1 - x, height - 1 - y]
  const places: Record<number, [number, number]> = {
    1: [x, y],
    2: [right, y],
    3: [right, bottom],
    4: [x, bottom],
    5: [y, x],
    6: [y, right],
    7: [bottom, right],
    8: [bottom, x],
  }
  return places[orientation]
}
