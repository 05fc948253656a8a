import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallestModels } from '../../../tests/factories/onnx'
import { packRoles, type PackModel } from '../packs/manifest'
import type { Models } from './pack-models'
import { openOnBest, planProviders } from './providers'
import { openModel, type Model, type ModelOutput, type ProviderName } from './session'
import { starterManifest } from '../packs/shipped-packs'

/**
 * Real: the inference library and what it says of this machine. No machine of ours has an accelerator: a fast, a slow
 * and a wrong one are the processor, with its answers or its time changed on the way.
 */
let scratch: string
const closed: ProviderName[] = []

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'providers-test-'))
  for (const role of ['detector', 'landmarks', 'recogniser'] as const)
    await writeFile(join(scratch, `${role}.onnx`), smallestModels[role]())
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

type Change = (outputs: Record<string, ModelOutput>) => Promise<Record<string, ModelOutput>>

async function open(provider: ProviderName, change: Change): Promise<Models> {
  const entries = packRoles.slice(0, 3).map(async (role): Promise<[string, Model]> => {
    const definition = starterManifest.roles[role] as PackModel
    const model = await openModel(join(scratch, `${role}.onnx`), definition)
    const close = async () => {
      closed.push(provider)
      await model.close()
    }
    return [role, { ...model, close, run: async (patch) => change(await model.run(patch)) }]
  })
  return Object.fromEntries(await Promise.all(entries)) as Models
}

const slowly: Change = async (outputs) => {
  await sleep(30)
  return outputs
}
const wrongly: Change = (outputs) =>
  Promise.resolve(
    Object.fromEntries(
      Object.entries(outputs).map(([name, { data, dims }]) => [
        name,
        { dims, data: data.map((value) => value + 1) },
      ]),
    ),
  )
const faithfully: Change = (outputs) => Promise.resolve(outputs)

async function choose(accelerators: Partial<Record<ProviderName, Change | Error>>) {
  closed.length = 0
  const { models, report } = await openOnBest(
    { candidates: Object.keys(accelerators) as ProviderName[], ruledOut: [] },
    (provider) => {
      const change = provider === 'cpu' ? slowly : accelerators[provider]
      return change instanceof Error ? Promise.reject(change) : open(provider, change ?? faithfully)
    },
  )
  await Promise.all(Object.values(models).map((model) => model.close()))
  return report
}

describe('the provider', () => {
  it('is the first that gives the answers of the processor, faster', async () => {
    const report = await choose({
      cuda: new Error('no driver\nat somewhere'),
      dml: wrongly,
      coreml: faithfully,
      webgpu: faithfully,
    })
    expect(report).toMatchObject({
      provider: 'coreml',
      tried: [
        { provider: 'cuda', reason: 'no driver' },
        {
          provider: 'dml',
          reason: expect.stringMatching(/differ from the processor's: detector, output/) as string,
        },
      ],
    })
    expect(report.warmUpMs).toBeLessThan(90)
    expect(closed.filter((provider) => provider === 'dml')).toHaveLength(3)
    expect(closed.filter((provider) => provider === 'cpu')).toHaveLength(3)
  })

  it('is the processor where nothing is faster', async () => {
    const verySlowly: Change = async (outputs) => slowly(await slowly(outputs))
    const report = await choose({ webgpu: verySlowly })
    expect(report.provider).toBe('cpu')
    expect(report.tried).toEqual([
      {
        provider: 'webgpu',
        reason: expect.stringMatching(/^slower than the processor: \d+\.\d ms to its/) as string,
      },
    ])
    expect(report.warmUpMs).toBeGreaterThan(80)
  })

  it('is told apart from what this machine can not have', () => {
    expect(planProviders('cpu')).toEqual({ candidates: [], ruledOut: [] })
    const { candidates, ruledOut } = planProviders(process.platform === 'win32' ? 'coreml' : 'dml')
    expect(candidates).toEqual([])
    expect(ruledOut[0].reason).toBe(`the inference library for ${process.platform} has none`)
    const auto = planProviders('auto')
    const all = [...auto.candidates, ...auto.ruledOut.map(({ provider }) => provider)]
    expect(all).not.toContain('cpu')
    for (const { reason } of auto.ruledOut) expect(reason).not.toBe('')
  })

  it('that the library can not load is passed over with its reason', async () => {
    const missing: ProviderName = process.platform === 'win32' ? 'coreml' : 'dml'
    const { models, report } = await openOnBest({ candidates: [missing], ruledOut: [] }, async (provider) => {
      const definition = starterManifest.roles.landmarks as PackModel
      return { landmarks: await openModel(join(scratch, 'landmarks.onnx'), definition, provider) } as Models
    })
    await models.landmarks.close()
    expect(report).toMatchObject({
      provider: 'cpu',
      tried: [{ provider: missing, reason: expect.stringContaining('backend not found') as string }],
    })
  })
})
