import onnxProto from 'onnx-proto'
import type { onnx as Onnx } from 'onnx-proto'
import { fieldsOf, type ByteSource, type Field } from '../export/protobuf-reader'

const { onnx } = onnxProto

/** Numbers of the fields of ModelProto and GraphProto (onnx.proto3), as length-delimited keys where they are written. */
const graphField = 7
const [nodeField, initializerField] = [1, 5]
const keyOf = (field: number) => (field << 3) | 2

/** Channels that the inference library's blocked layout takes: blocks of 16 with AVX-512, of 8 with less. */
const blockChannels = 16

const { INT, INTS, TENSOR } = onnx.AttributeProto.AttributeType
const float: number = onnx.TensorProto.DataType.FLOAT

/**
 * The same model with every PRelu written as relu(x) − s · relu(−x), in operators that the inference library has for
 * its blocked layout of channels. PRelu it has none for: between two convolutions it would lay all values out anew,
 * twice, and reckon them one by one. Of two terms one is zero, so that every number stays what it is, infinities and NaN
 * among them; only a zero may come with the other sign. The starter's recogniser takes half the time.
 * @param model an ONNX file; one without PRelu, or that can't be read here, is given back as it is
 */
export async function withBlockedPrelu(model: Buffer): Promise<Buffer> {
  const source: ByteSource = {
    size: model.length,
    at: async (start, length) => {
      if (start + length > model.length) throw new RangeError('the file ends within a field')
      return model.subarray(start)
    },
  }
  // Most files have none; the word alone may still be a name.
  if (!model.includes('PRelu')) return model
  try {
    const parts: Buffer[] = []
    let done = 0
    for await (const field of fieldsOf(source, 0, model.length)) {
      if (field.number === graphField)
        parts.push(...delimited(graphField, await rewriteGraph(source, model, field)))
      else parts.push(model.subarray(done, field.end))
      done = field.end
    }
    return Buffer.concat(parts)
  } catch {
    // What is wrong with it, the inference library says better.
    return model
  }
}

async function rewriteGraph(source: ByteSource, model: Buffer, { start, end }: Field): Promise<Buffer[]> {
  const slopes = new Map<string, Float32Array>()
  for await (const field of fieldsOf(source, start, end)) {
    if (field.number !== initializerField) continue
    const tensor = onnx.TensorProto.decode(model.subarray(field.start, field.end))
    const values = slopesOf(tensor)
    if (values) slopes.set(tensor.name, values)
  }
  const parts: Buffer[] = []
  let done = start
  for await (const field of fieldsOf(source, start, end)) {
    const bytes = model.subarray(field.start, field.end)
    const node = field.number === nodeField ? onnx.NodeProto.decode(bytes) : undefined
    const values = node?.opType === 'PRelu' && !node.domain ? slopes.get(node.input[1]) : undefined
    if (node && values) {
      for (const one of nodesFor(node, values))
        parts.push(...delimited(nodeField, [Buffer.from(onnx.NodeProto.encode(one).finish())]))
    } else parts.push(model.subarray(done, field.end))
    done = field.end
  }
  return parts
}

/** The slopes of a PRelu, one a channel of a picture; undefined where the tensor is another. */
function slopesOf({ dims, dataType, floatData, rawData }: Onnx.TensorProto): Float32Array | undefined {
  const [channels, ...rest] = dims.map(Number)
  const isFit = dataType === float && rest.length === 2 && rest.every((length) => length === 1)
  if (!isFit || channels % blockChannels !== 0) return undefined
  // A copy, because a float's place in the file need not be a multiple of four.
  const values =
    floatData.length > 0 ? Float32Array.from(floatData) : new Float32Array(Uint8Array.from(rawData).buffer)
  return values.length === channels ? values : undefined
}

/** y = relu(x) + (−s) · relu((−1) · x); the products are convolutions of one pixel and one channel each. */
function nodesFor({ input: [x], output: [y] }: Onnx.NodeProto, slopes: Float32Array): Onnx.INodeProto[] {
  const scale = (from: string, by: Float32Array, to: string): Onnx.INodeProto[] => [
    constant(`${to}/factors`, by),
    {
      opType: 'Conv',
      input: [from, `${to}/factors`],
      output: [to],
      attribute: [
        { name: 'group', type: INT, i: by.length },
        { name: 'kernel_shape', type: INTS, ints: [1, 1] },
      ],
    },
  ]
  const relu = (from: string, to: string): Onnx.INodeProto => ({
    opType: 'Relu',
    input: [from],
    output: [to],
  })
  return [
    relu(x, `${y}/positive`),
    ...scale(x, new Float32Array(slopes.length).fill(-1), `${y}/turned`),
    relu(`${y}/turned`, `${y}/negative`),
    ...scale(
      `${y}/negative`,
      slopes.map((slope) => -slope),
      `${y}/sloped`,
    ),
    { opType: 'Add', input: [`${y}/sloped`, `${y}/positive`], output: [y] },
  ]
}

function constant(name: string, values: Float32Array): Onnx.INodeProto {
  const rawData = new Uint8Array(values.buffer)
  const t = { name, dims: [values.length, 1, 1, 1], dataType: float, rawData }
  return { opType: 'Constant', output: [name], attribute: [{ name: 'value', type: TENSOR, t }] }
}

/** A field of a message: key, length, content. */
function delimited(field: number, content: Buffer[]): Buffer[] {
  const header = [keyOf(field)]
  let length = content.reduce((sum, { length: bytes }) => sum + bytes, 0)
  for (; length >= 0x80; length = Math.floor(length / 0x80)) header.push((length % 0x80) | 0x80)
  return [Buffer.from([...header, length]), ...content]
}
