import onnxProto from 'onnx-proto'
import type { onnx as Onnx } from 'onnx-proto'

const { onnx } = onnxProto

/** An axis is a number, or a name where any length will do. */
interface Tensor {
  name: string
  shape: (number | string)[]
}

interface Node {
  op: string
  inputs: string[]
  output: string
  attributes?: Record<string, number | number[]>
}

interface Graph {
  inputs: Tensor[]
  /** `values`: the model gives them whatever it is shown. */
  outputs: (Tensor & { values?: Float32Array })[]
  constants?: { name: string; shape: number[]; values: Float32Array | BigInt64Array }[]
  nodes?: Node[]
}

/** An ONNX model (opset 13) with these inputs and outputs, small enough that its answers are known. */
export function onnxModel({ inputs, outputs, constants = [], nodes = [] }: Graph): Buffer {
  const fixed = outputs.flatMap(({ name, shape, values }) =>
    values ? [{ name: `${name}_values`, shape: shape.map(Number), values }] : [],
  )
  const answers = outputs.flatMap(({ name, values }) =>
    values ? [{ op: 'Identity', inputs: [`${name}_values`], output: name }] : [],
  )
  const graph = {
    name: 'test',
    input: inputs.map(valueInfo),
    output: outputs.map(valueInfo),
    initializer: [...constants, ...fixed].map(initializer),
    node: [...nodes, ...answers].map(nodeProto),
  }
  const opsetImport = [{ domain: '', version: 13 }]
  return Buffer.from(onnx.ModelProto.encode({ irVersion: 7, opsetImport, graph }).finish())
}

const valueInfo = ({ name, shape }: Tensor): Onnx.IValueInfoProto => ({
  name,
  type: {
    tensorType: {
      elemType: onnx.TensorProto.DataType.FLOAT,
      shape: {
        dim: shape.map((axis) => (typeof axis === 'number' ? { dimValue: axis } : { dimParam: axis })),
      },
    },
  },
})

function initializer({ name, shape, values }: NonNullable<Graph['constants']>[number]): Onnx.ITensorProto {
  const { FLOAT, INT64 } = onnx.TensorProto.DataType
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return { name, dims: shape, dataType: values instanceof Float32Array ? FLOAT : INT64, rawData }
}

function nodeProto({ op, inputs, output, attributes = {} }: Node): Onnx.INodeProto {
  const { INT, INTS } = onnx.AttributeProto.AttributeType
  const attribute = Object.entries(attributes).map(([name, value]) =>
    Array.isArray(value) ? { name, type: INTS, ints: value } : { name, type: INT, i: value },
  )
  return { opType: op, name: output, input: inputs, output: [output], attribute }
}

const zeros = (length: number) => new Float32Array(length)

/** The smallest models that the decoders of the starter's first three roles can read; they find nobody. */
export const smallestModels = {
  detector: () =>
    onnxModel({
      inputs: [{ name: 'input', shape: [1, 3, 240, 320] }],
      outputs: [
        { name: 'scores', shape: [1, 2, 2], values: zeros(4) },
        { name: 'boxes', shape: [1, 2, 4], values: zeros(8) },
      ],
    }),
  landmarks: () =>
    onnxModel({
      inputs: [{ name: 'input', shape: [1, 1, 64, 64] }],
      outputs: [{ name: 'output', shape: [1, 136], values: zeros(136).fill(0.5) }],
    }),
  recogniser: () =>
    onnxModel({
      inputs: [{ name: 'input', shape: [1, 3, 112, 112] }],
      outputs: [{ name: 'output', shape: [1, 512], values: zeros(512).fill(1) }],
    }),
}
