import { graphBuilder, type FeatureMap, type GraphBuilder } from './graph'
import { readWeights } from './weights'

/**
 * The two small networks of @vladmandic/face-api (MIT) as ONNX. Their structure was read from that package's source
 * (`src/xception/TinyXception.ts`, `src/faceFeatureExtractor/denseBlock.ts`); only the weights are taken from it.
 * Both take a 112×112 crop as NCHW float32 RGB in 0..255 and centre it themselves.
 */
const input: FeatureMap = { name: 'input', channels: 3, side: 112 }
const meanRgb = [122.782, 117.001, 104.298]

/** Outputs: `age` [1, 1] in years; `gender` [1, 2], male and female, sums to 1. */
export function exportAgeGender(manifestJson: string, bytes: Uint8Array): Uint8Array {
  const graph = graphBuilder('age_gender', readWeights(manifestJson, bytes))
  let x = graph.relu(graph.conv(graph.normalise(input, meanRgb, 255), 'entry_flow/conv_in', 2))
  x = reductionBlock(graph, x, 'entry_flow/reduction_block_0', x)
  x = reductionBlock(graph, x, 'entry_flow/reduction_block_1')
  x = mainBlock(graph, x, 'middle_flow/main_block_0')
  x = mainBlock(graph, x, 'middle_flow/main_block_1')
  x = reductionBlock(graph, x, 'exit_flow/reduction_block')
  x = graph.relu(graph.separable(x, 'exit_flow/separable_conv', 1))
  const row = graph.globalMean(x)
  return graph.finish(input, {
    age: { value: graph.fullyConnected(row, 'fc/age'), width: 1 },
    gender: { value: graph.softmax(graph.fullyConnected(row, 'fc/gender')), width: 2 },
  })
}

/** Output: `expression` [1, 7], neutral, happy, sad, angry, fearful, disgusted, surprised; sums to 1. */
export function exportExpression(manifestJson: string, bytes: Uint8Array): Uint8Array {
  const graph = graphBuilder('expression', readWeights(manifestJson, bytes))
  let x = denseBlock(graph, graph.normalise(input, meanRgb, 255), 'dense0', true)
  for (const prefix of ['dense1', 'dense2', 'dense3']) x = denseBlock(graph, x, prefix, false)
  const scores = graph.softmax(graph.fullyConnected(graph.globalMean(x), 'fc'))
  return graph.finish(input, { expression: { value: scores, width: 7 } })
}

/** Halves the side. The very first block's input is active already, so it is handed in as it is. */
function reductionBlock(
  graph: GraphBuilder,
  x: FeatureMap,
  prefix: string,
  active = graph.relu(x),
): FeatureMap {
  let out = graph.separable(active, `${prefix}/separable_conv0`, 1)
  out = graph.separable(graph.relu(out), `${prefix}/separable_conv1`, 1)
  return graph.add(graph.maxPool(out, 3, 2), graph.conv(x, `${prefix}/expansion_conv`, 2))
}

function mainBlock(graph: GraphBuilder, x: FeatureMap, prefix: string): FeatureMap {
  let out = x
  for (const index of [0, 1, 2]) out = graph.separable(graph.relu(out), `${prefix}/separable_conv${index}`, 1)
  return graph.add(out, x)
}

/** Four convolutions; each of the last three sees the sum of all before it. */
function denseBlock(graph: GraphBuilder, x: FeatureMap, prefix: string, isFirst: boolean): FeatureMap {
  const entry = isFirst ? graph.conv(x, `${prefix}/conv0`, 2) : graph.separable(x, `${prefix}/conv0`, 2)
  let active = graph.relu(entry)
  let sum = active
  for (const index of [1, 2, 3]) {
    sum = graph.add(sum, graph.separable(active, `${prefix}/conv${index}`, 1))
    active = graph.relu(sum)
  }
  return active
}
