import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { listSupportedBackends } from 'onnxruntime-node'
import { closeModels, type Models } from './pack-models'
import type { ProviderChoice } from './provider-choice'
import type { Patch } from '../images/raster'
import type { Model, ModelOutput, ProviderName } from './session'

/** What the models run on, and why not on something faster. */
export interface ProviderReport {
  provider: ProviderName
  /** Milliseconds that one run of every model took when they were warm. */
  warmUpMs: number
  /** Bytes by which opening the models made the process grow. */
  memory: number
  /** What was tried before, in this order, and why it was not taken. */
  tried: { provider: ProviderName; reason: string }[]
}

/** The order in which `auto` tries. */
const accelerators: readonly ProviderName[] = ['cuda', 'dml', 'coreml', 'webgpu']

/** Answers may differ from the processor's by this part of their length (Euclidean): half precision stays below. */
const largestError = 0.02

/** Which providers to try, and which are ruled out without a try. */
export interface ProviderPlan {
  candidates: ProviderName[]
  ruledOut: ProviderReport['tried']
}

/**
 * Looks at what the inference library of this platform was built with, and at what it would need from the machine: a
 * try that can't succeed would only fill the terminal with the library's own complaints.
 */
export function planProviders(choice: ProviderChoice): ProviderPlan {
  const built = new Set(listSupportedBackends().map(({ name }) => name))
  const plan: ProviderPlan = { candidates: [], ruledOut: [] }
  const wanted = choice === 'auto' ? accelerators.filter((name) => built.has(name)) : [choice]
  for (const provider of wanted) {
    if (provider === 'cpu') continue
    const reason = built.has(provider)
      ? missingPart(provider)
      : `the inference library for ${process.platform} has none`
    if (reason) plan.ruledOut.push({ provider, reason })
    else plan.candidates.push(provider)
  }
  return plan
}

function missingPart(provider: ProviderName): string | undefined {
  if (process.platform !== 'linux') return undefined
  if (provider === 'cuda') {
    const folder = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
    const library = join(folder, `bin/napi-v6/linux/${process.arch}/libonnxruntime_providers_cuda.so`)
    return existsSync(library) ? undefined : 'onnxruntime’s CUDA library is not installed'
  }
  if (provider !== 'webgpu') return undefined
  const folders = [
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib/aarch64-linux-gnu',
    '/usr/lib64',
    '/usr/lib',
    '/lib',
  ]
  return folders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')))
    ? undefined
    : 'this machine has no Vulkan loader (libvulkan.so.1)'
}

/**
 * Opens the models on the first provider of the plan that can run all of them, gives the processor's answers, and is
 * faster than it; else on the processor.
 * @param open opens the models on a provider
 * @throws what `open` throws for the processor
 */
export async function openOnBest(
  { candidates, ruledOut }: ProviderPlan,
  open: (provider: ProviderName) => Promise<Models>,
): Promise<{ models: Models; report: ProviderReport }> {
  const before = process.memoryUsage().rss
  const memory = () => Math.max(0, process.memoryUsage().rss - before)
  const tried = [...ruledOut]
  const processor = await open('cpu')
  const reference = await warmUp(processor)
  for (const provider of candidates) {
    const outcome = await tryProvider(provider, open, reference).catch((error: unknown) => firstLine(error))
    if (typeof outcome === 'string') {
      tried.push({ provider, reason: outcome })
      continue
    }
    await closeModels(processor)
    return { models: outcome.models, report: { provider, warmUpMs: outcome.ms, memory: memory(), tried } }
  }
  return { models: processor, report: { provider: 'cpu', warmUpMs: reference.ms, memory: memory(), tried } }
}

async function tryProvider(
  provider: ProviderName,
  open: (provider: ProviderName) => Promise<Models>,
  reference: WarmUp,
): Promise<{ models: Models; ms: number } | string> {
  const models = await open(provider)
  try {
    const { ms, answers } = await warmUp(models)
    const wrong = firstDifference(answers, reference.answers)
    const reason =
      wrong ??
      (ms >= reference.ms
        ? `slower than the processor: ${ms.toFixed(1)} ms to its ${reference.ms.toFixed(1)} ms`
        : undefined)
    if (reason === undefined) return { models, ms }
    await closeModels(models)
    return reason
  } catch (error) {
    await closeModels(models)
    throw error
  }
}

interface WarmUp {
  ms: number
  answers: Map<string, Record<string, ModelOutput>>
}

/** Others use the machine, too: the quickest of so many rounds counts. */
const timedRounds = 3

/** Runs every model on the same picture: once to warm it up, then for the time. */
async function warmUp(models: Models): Promise<WarmUp> {
  const entries = Object.entries<Model>(models).map(
    ([role, model]) => [role, model, testPatch(model)] as const,
  )
  const answers = new Map<string, Record<string, ModelOutput>>()
  for (const [role, model, patch] of entries) answers.set(role, await model.run(patch))
  let ms = Infinity
  for (let round = 0; round < timedRounds; round += 1) {
    const started = performance.now()
    for (const [, model, patch] of entries) await model.run(patch)
    ms = Math.min(ms, performance.now() - started)
  }
  return { ms, answers }
}

/** Waves of three colours: the same picture on every machine, with something to see at every scale. */
function testPatch({ definition: { input } }: Model): Patch {
  const { width, height } = input
  const area = width * height
  const data = Float32Array.from({ length: area * 3 }, (_, at) => {
    const [channel, x, y] = [Math.floor(at / area), at % width, Math.floor((at % area) / width)]
    return 127.5 + 60 * Math.sin(x / (7 + channel * 5)) + 60 * Math.cos(y / (11 - channel * 3))
  })
  return { width, height, data }
}

function firstDifference(answers: WarmUp['answers'], reference: WarmUp['answers']): string | undefined {
  for (const [role, outputs] of reference) {
    for (const [name, { data }] of Object.entries(outputs)) {
      const actual = answers.get(role)?.[name]?.data
      const error = actual ? relativeError(actual, data) : Infinity
      if (!(error <= largestError))
        return `its answers differ from the processor's: ${role}, output ${name}, by ${(error * 100).toFixed(1)} %`
    }
  }
  return undefined
}

function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity
  let [difference, length] = [0, 0]
  for (const [index, value] of expected.entries()) {
    difference += (actual[index] - value) ** 2
    length += value ** 2
  }
  return Math.sqrt(difference / Math.max(length, 1e-6))
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).trim().split('\n')[0].slice(0, 300)
