import type { ModelInput } from '../packs/manifest'
import { lumaOf, type Patch } from '../images/raster'

/**
 * A patch as a model's input: NCHW float32, channels in the model's order, `(value − mean) · scale`.
 * @param into receives the values; width · height · channels long
 */
export function fillTensor(patch: Patch, input: ModelInput, into: Float32Array): void {
  const area = patch.width * patch.height
  const planes = planesOf(patch, input.colour)
  for (const [channel, plane] of planes.entries()) {
    const mean = input.mean[channel]
    const scale = input.scale[channel]
    const start = channel * area
    if (mean === 0 && scale === 1) into.set(plane, start)
    else for (let at = 0; at < area; at++) into[start + at] = (plane[at] - mean) * scale
  }
}

function planesOf(patch: Patch, colour: ModelInput['colour']): Float32Array[] {
  if (colour === 'grey') return [lumaOf(patch)]
  const area = patch.width * patch.height
  const planes = [0, 1, 2].map((channel) => patch.data.subarray(channel * area, (channel + 1) * area))
  return colour === 'rgb' ? planes : planes.reverse()
}

/** `exp(x) / Σ exp(x)`, shifted by the largest so that nothing overflows. */
export function softmax(logits: Float32Array): number[] {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const powers = Array.from(logits, (value) => Math.exp(value - largest))
  const sum = powers.reduce((total, value) => total + value, 0)
  return powers.map((value) => value / sum)
}
