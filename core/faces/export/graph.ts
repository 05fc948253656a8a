import onnxProto from 'onnx-proto'
import type { onnx as Onnx } from 'onnx-proto'
import { weightOf, type Weight, type Weights } from './weights'

const { onnx } = onnxProto
const floatType = onnx.TensorProto.DataType.FLOAT

/** A value in the graph: its name, and channels and side of the square NCHW map that it is (batch 1). */
export interface FeatureMap {
  name: string
  channels: number
  side: number
}

/** A graph that grows node by node; every method returns the value that its node gives. */
export type GraphBuilder = ReturnType<typeof graphBuilder>

/** Starts an ONNX graph (opset 13) whose convolutions read TensorFlow weights and pad like TensorFlow's "same". */
export function graphBuilder(name: string, weights: Weights) {
  const nodes: Onnx.INodeProto[] = []
  const initializers: Onnx.ITensorProto[] = []
  let serial = 0

  function node(opType: string, input: string[], attributes: Record<string, number | number[]> = {}): string {
    const output = `${opType.toLowerCase()}_${serial++}`
    nodes.push({ opType, name: output, input, output: [output], attribute: attributesOf(attributes) })
    return output
  }
  function constant(tensorName: string, dims: number[], data: Float32Array): string {
    if (!initializers.some((tensor) => tensor.name === tensorName)) {
      const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      initializers.push({ name: tensorName, dims, dataType: floatType, rawData })
    }
    return tensorName
  }
  const bias = (prefix: string) => {
    const { shape, data } = weightOf(weights, `${prefix}/bias`)
    return constant(`${prefix}/bias`, shape, data)
  }
  const map = (from: FeatureMap, operation: string, channels = from.channels, side = from.side) => ({
    name: operation,
    channels,
    side,
  })

  const relu = (x: FeatureMap) => map(x, node('Relu', [x.name]))
  const add = (a: FeatureMap, b: FeatureMap) => map(a, node('Add', [a.name, b.name]))

  /** A plain convolution with `prefix/filters` and `prefix/bias`. */
  function conv(x: FeatureMap, prefix: string, stride: number): FeatureMap {
    const filters = weightOf(weights, `${prefix}/filters`)
    const [kernel, , , channels] = filters.shape as [number, number, number, number]
    const weight = constant(`${prefix}/filters`, oihw(filters.shape), toOihw(filters))
    const input = [x.name, weight, bias(prefix)]
    return map(x, node('Conv', input, window(x.side, kernel, stride)), channels, Math.ceil(x.side / stride))
  }
  /** A depthwise 3×3 convolution, then a pointwise one with the bias. */
  function separable(x: FeatureMap, prefix: string, stride: number): FeatureMap {
    const depthwise = weightOf(weights, `${prefix}/depthwise_filter`)
    const pointwise = weightOf(weights, `${prefix}/pointwise_filter`)
    const [kernel, , group] = depthwise.shape as [number, number, number, number]
    // HWIO with one output per channel is stored as HWC; ONNX wants C·1·H·W.
    const depth = constant(
      `${prefix}/depthwise`,
      [group, 1, kernel, kernel],
      toChannelFirst(depthwise, group),
    )
    const spread = node('Conv', [x.name, depth], { ...window(x.side, kernel, stride), group })
    const point = constant(`${prefix}/pointwise`, oihw(pointwise.shape), toOihw(pointwise))
    const mixed = node('Conv', [spread, point, bias(prefix)], window(x.side, 1, 1))
    return map(x, mixed, pointwise.shape[3], Math.ceil(x.side / stride))
  }
  const maxPool = (x: FeatureMap, kernel: number, stride: number) =>
    map(x, node('MaxPool', [x.name], window(x.side, kernel, stride)), x.channels, Math.ceil(x.side / stride))

  /** The mean of each channel, as a row of them. */
  const globalMean = (x: FeatureMap) => node('Flatten', [node('GlobalAveragePool', [x.name])], { axis: 1 })

  function fullyConnected(row: string, prefix: string): string {
    const { shape, data } = weightOf(weights, `${prefix}/weights`)
    return node('Add', [node('MatMul', [row, constant(`${prefix}/weights`, shape, data)]), bias(prefix)])
  }
  const softmax = (row: string) => node('Softmax', [row], { axis: 1 })

  /** `(x − mean) / divisor`, one mean a channel. */
  function normalise(x: FeatureMap, mean: number[], divisor: number): FeatureMap {
    const centred = node('Sub', [x.name, constant('mean', [1, mean.length, 1, 1], Float32Array.from(mean))])
    return map(x, node('Div', [centred, constant('divisor', [], Float32Array.of(divisor))]))
  }

  /** The finished model. `outputs`: the name that each value gets, and its width as a row. */
  function finish(input: FeatureMap, outputs: Record<string, { value: string; width: number }>): Uint8Array {
    for (const [output, { value }] of Object.entries(outputs)) {
      nodes.push({ opType: 'Identity', name: output, input: [value], output: [output] })
    }
    return onnx.ModelProto.encode({
      irVersion: 7,
      producerName: 'semblance',
      opsetImport: [{ domain: '', version: 13 }],
      graph: {
        name,
        node: nodes,
        initializer: initializers,
        input: [valueInfo(input.name, [1, input.channels, input.side, input.side])],
        output: Object.entries(outputs).map(([output, { width }]) => valueInfo(output, [1, width])),
      },
    }).finish()
  }
  return { relu, add, conv, separable, maxPool, globalMean, fullyConnected, softmax, normalise, finish }
}

const valueInfo = (name: string, dims: number[]): Onnx.IValueInfoProto => ({
  name,
  type: { tensorType: { elemType: floatType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
})

function attributesOf(attributes: Record<string, number | number[]>): Onnx.IAttributeProto[] {
  const { INT, INTS } = onnx.AttributeProto.AttributeType
  return Object.entries(attributes).map(([name, value]) =>
    Array.isArray(value) ? { name, type: INTS, ints: value } : { name, type: INT, i: value },
  )
}

/** TensorFlow's "same": the output is `ceil(side / stride)` and the odd pixel of padding goes below and right. */
function window(side: number, kernel: number, stride: number): Record<string, number[]> {
  const total = Math.max(0, (Math.ceil(side / stride) - 1) * stride + kernel - side)
  const before = Math.floor(total / 2)
  const after = total - before
  return { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [before, before, after, after] }
}

const oihw = ([height, width, input, output]: number[]) => [output, input, height, width]

/** HWIO to OIHW. */
function toOihw({ shape, data }: Weight): Float32Array {
  const [height, width, input, output] = shape as [number, number, number, number]
  const area = height * width
  const result = new Float32Array(data.length)
  for (let place = 0; place < area; place++) {
    for (let i = 0; i < input; i++) {
      for (let o = 0; o < output; o++) {
        result[(o * input + i) * area + place] = data[(place * input + i) * output + o]
      }
    }
  }
  return result
}

/** HWC to CHW. */
function toChannelFirst({ data }: Weight, channels: number): Float32Array {
  const area = data.length / channels
  return Float32Array.from(data, (_, index) => data[(index % area) * channels + Math.floor(index / area)])
}
