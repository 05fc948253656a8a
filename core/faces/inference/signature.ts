import { open } from 'node:fs/promises'
import { SemblanceError } from '../../model/errors'
import { byteSourceOf, fieldsOf, type ByteSource, type Field } from '../export/protobuf-reader'

/** An axis: its length, or undefined where the model leaves it open. */
export type Axis = number | undefined

/** An input or output of a model. `shape` is undefined where the file does not say. */
export interface TensorSignature {
  name: string
  type: string
  shape: Axis[] | undefined
}

/** What a model takes and gives. */
export interface ModelSignature {
  inputs: TensorSignature[]
  outputs: TensorSignature[]
}

/** ONNX TensorProto.DataType, as far as models use them for what goes in and out. */
const typeNames: Record<number, string> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
}

/**
 * Reads what a model takes and gives from its ONNX file, without loading its weights or running anything of it.
 * Field numbers: onnx.proto of ONNX 1.x.
 * @throws SemblanceError BAD_REQUEST where the file is no ONNX model
 */
export async function readSignature(path: string): Promise<ModelSignature> {
  const file = await open(path)
  try {
    const source = await byteSourceOf(file)
    const graph = await lastField(source, 0, source.size, 7)
    if (!graph) throw new RangeError('it has no graph')
    return await readGraph(source, graph)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new SemblanceError('BAD_REQUEST', `${path} is no ONNX model: ${error.message}.`, undefined, {
      cause: error,
    })
  } finally {
    await file.close()
  }
}

async function readGraph(source: ByteSource, graph: Field): Promise<ModelSignature> {
  const weights = new Set<string>()
  const signature: ModelSignature = { inputs: [], outputs: [] }
  for await (const field of fieldsOf(source, graph.start, graph.end)) {
    if (field.number === 5) weights.add(await textIn(source, field, 8))
    if (field.number === 11) signature.inputs.push(await readValueInfo(source, field))
    if (field.number === 12) signature.outputs.push(await readValueInfo(source, field))
  }
  // Old exporters list every weight among the inputs too.
  signature.inputs = signature.inputs.filter(({ name }) => !weights.has(name))
  return signature
}

async function readValueInfo(source: ByteSource, info: Field): Promise<TensorSignature> {
  const name = await textIn(source, info, 1)
  const type = await lastField(source, info.start, info.end, 2)
  const tensor = type && (await lastField(source, type.start, type.end, 1))
  if (!tensor) return { name, type: 'no tensor', shape: undefined }
  const element = await lastField(source, tensor.start, tensor.end, 1)
  const shape = await lastField(source, tensor.start, tensor.end, 2)
  return {
    name,
    type: typeNames[element?.value ?? 0] ?? `type ${element?.value}`,
    shape: shape && (await readShape(source, shape)),
  }
}

async function readShape(source: ByteSource, shape: Field): Promise<Axis[]> {
  const axes: Axis[] = []
  for await (const dimension of fieldsOf(source, shape.start, shape.end)) {
    if (dimension.number !== 1) continue
    const length = (await lastField(source, dimension.start, dimension.end, 1))?.value
    // Some exporters write 0 or −1 where they mean "any".
    axes.push(length !== undefined && length > 0 && length < 2 ** 31 ? length : undefined)
  }
  return axes
}

async function textIn(source: ByteSource, message: Field, number: number): Promise<string> {
  const field = await lastField(source, message.start, message.end, number)
  if (!field) return ''
  const length = field.end - field.start
  return (await source.at(field.start, length)).toString('utf8', 0, length)
}

/** As in any protobuf message, the last one counts. */
async function lastField(source: ByteSource, start: number, end: number, number: number) {
  let found: Field | undefined
  for await (const field of fieldsOf(source, start, end)) if (field.number === number) found = field
  return found
}

/** What a decoder wants of one output: the shape it must have, by name where it can't be told by that. */
export interface WantedOutput {
  name?: string
  shape: Axis[]
}

/** Whether a shape is as wanted; an axis that either side leaves open fits. */
export function fits(actual: Axis[] | undefined, wanted: Axis[]): boolean {
  if (!actual) return true
  return (
    actual.length === wanted.length &&
    actual.every((axis, index) => axis === undefined || wanted[index] === undefined || axis === wanted[index])
  )
}

/** Differences between a model's input and the one image that it is to be shown. */
export function inputDifferences({ inputs }: ModelSignature, wanted: Axis[]): string[] {
  const [input] = inputs
  const isRight = inputs.length === 1 && input.type === 'float32' && fits(input.shape, wanted)
  if (isRight) return []
  return [`expected one input, float32 ${shapeText(wanted)}; found ${listText(inputs)}`]
}

/** Differences between a model's outputs and those that its decoder reads by name; others may be there too. */
export function outputDifferences({ outputs }: ModelSignature, wanted: WantedOutput[]): string[] {
  return wanted.flatMap(({ name, shape }) => {
    const named = outputs.filter((output) => name === undefined || output.name === name)
    const isThere = named.some((output) => output.type === 'float32' && fits(output.shape, shape))
    if (isThere) return []
    const what = `${name === undefined ? 'an output' : `an output ${name}`}, float32 ${shapeText(shape)}`
    return [`expected ${what}; found ${listText(named.length > 0 ? named : outputs)}`]
  })
}

export const shapeText = (shape: Axis[] | undefined) =>
  shape ? `[${shape.map((axis) => axis ?? '?').join(', ')}]` : '[unknown]'

export const listText = (tensors: TensorSignature[]) =>
  tensors.map(({ name, type, shape }) => `${name} ${type} ${shapeText(shape)}`).join(', ') || 'none'
