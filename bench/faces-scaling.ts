import type { FacePool } from '../core/faces/pool/pool'
import type { BareThread } from './faces-bare'
import { processTime } from './faces-load'

/**
 * What a second worker adds, beside what a second thread adds to the bare models: two threads share a machine's memory,
 * its caches and the halves of its cores, and what these do not give nobody's program gets. Kinds take turns, so that
 * what else the machine does falls on all.
 */

const blocks = 6

/** Photos a second, and the part of the time that they wanted a core in which they had one. */
interface Rate {
  rate: number
  given: number
  /** Milliseconds of processor time a photo. */
  cpu: number
}

interface Scaling {
  /** Two to one by the clock. */
  wall: number
  /** … and for the core time that they had. */
  perCore: number
  /** The part of the core time wanted that two had. */
  given: number
  cpuOne: number
  cpuTwo: number
  /** Of two, by the clock. */
  ratePerSecond: number
}

/** @param bare two threads that run the models as we open them, and sharp's plain decoding */
export async function scalingOf(
  pools: { one: FacePool; two: FacePool },
  bare: readonly [BareThread, BareThread],
  photos: readonly Buffer[],
): Promise<{ ours: Scaling; machine: Scaling }> {
  const rounds: Record<'one' | 'two' | 'bareOne' | 'bareTwo', Rate[]> = {
    ...{ one: [], two: [], bareOne: [], bareTwo: [] },
  }
  for (let block = 0; block < blocks; block++) {
    rounds.one.push(await rateOf(photos, (all) => through(pools.one, all)))
    rounds.bareOne.push(await rateOf(photos, (all) => throughBare(bare.slice(0, 1), all)))
    rounds.two.push(await rateOf(photos, (all) => through(pools.two, all)))
    rounds.bareTwo.push(await rateOf(photos, (all) => throughBare(bare, all)))
  }
  return { ours: compare(rounds.one, rounds.two), machine: compare(rounds.bareOne, rounds.bareTwo) }
}

const through = (pool: FacePool, photos: readonly Buffer[]) =>
  Promise.all(photos.map((bytes) => pool.analyze(bytes)))

/** A thread has one photo at a time and takes the next when it is done, as the pool's threads do. */
async function throughBare(threads: readonly BareThread[], photos: readonly Buffer[]): Promise<void> {
  let next = 0
  await Promise.all(
    threads.map(async (thread) => {
      while (next < photos.length) await thread.run('bare-opened', photos[next++])
    }),
  )
}

async function rateOf(
  photos: readonly Buffer[],
  run: (photos: readonly Buffer[]) => Promise<unknown>,
): Promise<Rate> {
  const before = processTime()
  const started = performance.now()
  await run(photos)
  const seconds = (performance.now() - started) / 1000
  const after = processTime()
  const ran = after.ran - before.ran
  return {
    rate: photos.length / seconds,
    given: ran / (ran + after.waited - before.waited),
    cpu: ran / photos.length,
  }
}

function compare(single: readonly Rate[], double: readonly Rate[]): Scaling {
  const fair = ({ rate, given }: Rate) => rate / given
  return {
    wall: median(double.map(({ rate }, block) => rate / single[block].rate)),
    perCore: median(double.map((rate, block) => fair(rate) / fair(single[block]))),
    given: median(double.map(({ given }) => given)),
    cpuOne: median(single.map(({ cpu }) => cpu)),
    cpuTwo: median(double.map(({ cpu }) => cpu)),
    ratePerSecond: median(double.map(({ rate }) => rate)),
  }
}

/** For the table. @param needed how much more two are to do for the core time that they had */
export function scalingRows({ ours, machine }: { ours: Scaling; machine: Scaling }, needed: number) {
  const ms = (value: number) => `${value.toFixed(1)} ms`
  const percent = (part: number) => `${(part * 100).toFixed(0)} %`
  return [
    {
      measure: 'two workers over one, by the clock',
      value: `${ours.wall.toFixed(2)} (had ${percent(ours.given)} of the core time they wanted)`,
      needed: '',
    },
    {
      measure: '… for the core time that they had',
      value: ours.perCore.toFixed(2),
      needed: `≥ ${needed}`,
    },
    {
      measure: '… processor time a photo',
      value: `${ms(ours.cpuOne)}, ${ms(ours.cpuTwo)}`,
      needed: '',
    },
    {
      measure: 'bare models in two threads over one: by the clock; for their core time',
      value: `${machine.wall.toFixed(2)}; ${machine.perCore.toFixed(2)} (${ms(machine.cpuOne)}, ${ms(machine.cpuTwo)} a photo)`,
      needed: '',
    },
    {
      measure: 'two workers, of what the bare models gain here',
      value: `${percent(ours.wall / machine.wall)}; ${percent(ours.perCore / machine.perCore)}`,
      needed: '',
    },
  ]
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
