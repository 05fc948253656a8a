import { createHash } from 'node:crypto'
import { sql, type RawBuilder, type Transaction } from 'kysely'
import type { Tables } from '../database/tables'
import type { PackManifest, PackRole } from '../faces/packs/manifest'
import { mostCommon, packOf, readActiveModel } from './active-model'
import type { SwitchPlan } from './contract'
import { findOpenSwitch, forEachSubject, isElsewhere, type SubjectTable } from './switch-queries'

type Tx = Transaction<Tables>
type Counts = SwitchPlan['to_do']

/** Bytes of the database for one staged analysis: an embedding of 2 KB, 68 landmarks and the rest as JSON. */
const stagedBytes = 6_000

/** What a plan needs to know of this machine. */
export interface PlanOptions {
  to: { manifest: PackManifest; embeddingModel: string }
  /** The manifest of the active pack, where this machine knows it. */
  manifestOf: (pack: string) => Promise<PackManifest | undefined>
  speed: {
    /** Milliseconds for one run of every model, of the new pack and of the active one, where they were opened here. */
    newWarmUpMs: number | undefined
    activeWarmUpMs: number | undefined
  }
  /** Threads of this machine; counts where no worker is known. */
  threads: number
  fetchBytes: number | null
}

/** What a switch to a pack would do, by what stands in the database at this moment. Changes nothing. */
export async function planSwitch(tx: Tx, options: PlanOptions): Promise<SwitchPlan> {
  const { to } = options
  const from = await currentSpace(tx)
  const counts = await countSubjects(tx, to.embeddingModel)
  const before = from ? await options.manifestOf(from.pack) : undefined
  const obstacle = await obstacleTo(tx, from?.embedding_model, to.embeddingModel)
  return {
    basis: basisOf(from?.embedding_model, to.embeddingModel, counts.to_do),
    from,
    to: { pack: to.manifest.name, title: to.manifest.title, embedding_model: to.embeddingModel },
    ...counts,
    missing: await countMissing(tx, to.embeddingModel),
    estimate: await estimate(tx, options, sum(counts.to_do)),
    fetch_bytes: options.fetchBytes,
    staging_bytes: sum(counts.to_do) * stagedBytes,
    roles: changedRoles(
      await describeRoles(before, options.manifestOf),
      await describeRoles(to.manifest, options.manifestOf),
    ),
    thresholds: await thresholds(tx),
    obstacle,
  }
}

/** The space of now: as noted, or as most embeddings have it where nobody has noted it yet. */
async function currentSpace(tx: Tx): Promise<SwitchPlan['from']> {
  const active = await readActiveModel(tx)
  if (active) return { pack: active.pack, embedding_model: active.embedding_model }
  const model = await mostCommon(tx)
  return model === undefined ? null : { pack: packOf(model), embedding_model: model }
}

async function obstacleTo(tx: Tx, from: string | undefined, to: string): Promise<string | null> {
  const open = await findOpenSwitch(tx)
  if (open) return `A switch to ${open.to_pack} is ${open.state}. Let it end, or cancel it first.`
  return from === to ? 'The database is in this space already.' : null
}

const sum = ({ faces, celebrities, photos }: Counts): number => faces + celebrities + photos

/** Equal for plans that do the same. */
function basisOf(from: string | undefined, to: string, { faces, celebrities, photos }: Counts): string {
  return createHash('sha256')
    .update(JSON.stringify([from ?? null, to, faces, celebrities, photos]))
    .digest('hex')
    .slice(0, 16)
}

async function countSubjects(tx: Tx, toModel: string) {
  const count = async ({ table }: SubjectTable, which: RawBuilder<unknown>) => {
    const { rows } = await sql<{ photos: number }>`
      select count(*)::int as photos from ${table} as subject where ${which}`.execute(tx)
    return rows[0].photos
  }
  const isDone = sql`subject.embedding is not null and subject.embedding_model = ${toModel}`
  return {
    to_do: await forEachSubject((table) => count(table, isElsewhere(toModel))),
    done_already: await forEachSubject((table) => count(table, isDone)),
  }
}

/** Photos that Storage's own table does not know; null where this login may not look. */
async function countMissing(tx: Tx, toModel: string): Promise<Counts | null> {
  const { rows } = await sql<{ readable: boolean }>`
    select coalesce(
      has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select'), false
    ) as readable
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'storage' and c.relname = 'objects'`.execute(tx)
  if (!rows[0]?.readable) return null
  const count = async ({ table, bucket }: SubjectTable) => {
    const found = await sql<{ missing: number }>`
      select count(*)::int as missing from ${table} as subject
      where ${isElsewhere(toModel)} and not exists (
        select from storage.objects o where o.bucket_id = ${bucket} and o.name = subject.image_path)`.execute(
      tx,
    )
    return found.rows[0].missing
  }
  return forEachSubject(count)
}

interface LiveWorkers {
  workers: number
  threads: number
  /** What the analysis of a photo takes them, the median of their medians; null where none has had any. */
  photo_ms: number | null
}

/** A worker that was heard of within the last minute has its heart beating. */
async function liveWorkers(tx: Tx): Promise<LiveWorkers> {
  const { rows } = await sql<LiveWorkers>`
    select count(*)::int as workers, coalesce(sum(greatest(concurrency - 1, 1)), 0)::int as threads,
      percentile_cont(0.5) within group (order by photo_ms) as photo_ms
    from public.workers
    where last_beat_at > now() - interval '1 minute' and state not in ('stopped', 'draining', 'paused')`.execute(
    tx,
  )
  return rows[0]
}

/** Beyond the models: decoding, measuring (docs/faces.md, "Benchmarks"). */
const perPhoto = 1.2
/** Fetching a photo and writing what came of it, and whatever else a machine does. */
const besides = 1.3

/**
 * A photo takes what it takes the workers that live, times what the new models take longer; and, by the models alone,
 * what they take here and a fifth more. Both are measured, at different times and under different loads: it lies between
 * them, or up to a third above.
 */
async function estimate(
  tx: Tx,
  { speed: { newWarmUpMs, activeWarmUpMs }, threads: own }: PlanOptions,
  photos: number,
): Promise<SwitchPlan['estimate']> {
  const live = await liveWorkers(tx)
  const warmUp = newWarmUpMs ?? activeWarmUpMs
  const slower = newWarmUpMs && activeWarmUpMs ? newWarmUpMs / activeWarmUpMs : 1
  const figures = [
    ...(live.photo_ms === null ? [] : [live.photo_ms * slower]),
    ...(warmUp === undefined ? [] : [warmUp * perPhoto]),
  ]
  if (figures.length === 0) return null
  const photoMs = { least: Math.min(...figures), most: Math.max(...figures) * besides }
  const { workers, threads } = live.workers > 0 ? live : { workers: 1, threads: own }
  const seconds = (ms: number) => (photos * ms) / 1000 / threads
  return {
    seconds: { least: seconds(photoMs.least), most: seconds(photoMs.most) },
    photo_ms: photoMs,
    measured_on: newWarmUpMs === undefined ? 'active_pack' : 'new_pack',
    ...{ workers, threads },
  }
}

type Roles = Partial<Record<string, string>>

function changedRoles(before: Roles, after: Roles): SwitchPlan['roles'] {
  const roles = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return roles
    .map((role) => ({ role, from: before[role] ?? null, to: after[role] ?? null }))
    .filter((one) => one.from !== one.to)
}

/** Each role with what fills it: pack and file, its own or borrowed, and the decoder that reads it. */
async function describeRoles(
  manifest: PackManifest | undefined,
  manifestOf: PlanOptions['manifestOf'],
): Promise<Roles> {
  const described: Roles = {}
  for (const [role, model] of Object.entries(manifest?.roles ?? {})) {
    const owner = 'borrow' in model ? await manifestOf(model.borrow) : manifest
    const own = owner?.roles[role as PackRole]
    described[role] =
      owner && own && !('borrow' in own)
        ? `${owner.name}: ${own.file}, ${own.decoder}`
        : `of ${owner?.name ?? 'nobody'}`
  }
  return described
}

/** Settings whose values were chosen by looking at scores and qualities of the old pack. */
const thresholdKeys = ['match_threshold', 'celebrity_match_threshold', 'match_min_quality']

async function thresholds(tx: Tx): Promise<SwitchPlan['thresholds']> {
  const rows = await tx
    .selectFrom('system_settings')
    .select(['key', 'value'])
    .where('key', 'in', thresholdKeys)
    .orderBy('key')
    .execute()
  return rows.flatMap(({ key, value }) => (typeof value === 'number' ? [{ key, value }] : []))
}
