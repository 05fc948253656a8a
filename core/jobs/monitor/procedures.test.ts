import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openCallerHost, type CallerHost, type TestCaller } from '../../../tests/factories/callers'
import { testEngines } from '../../../tests/factories/database'
import { completed, createJobRows, failed } from '../../../tests/factories/job-rows'
import { attemptNumber } from '../contract-detail'

// The monitor as staff sees it. Real: router, database with its rules, Auth and Storage. Jobs are rows as workers leave
// them.

describe.each(await testEngines())('the monitor of jobs on %s', (engine) => {
  let host: CallerHost
  let admin: TestCaller
  let curator: TestCaller
  let moderator: TestCaller
  let person: TestCaller

  beforeAll(async () => {
    host = await openCallerHost(engine)
    admin = await host.signUp('admin', { name: 'Ada' })
    moderator = await host.signUp('moderator')
    curator = await host.signUp('curator', { name: 'Carl' })
    person = await host.signUp('user', { name: 'Anna' })
  })
  afterAll(() => host.close())
  const { run, addJobs, set, clear } = createJobRows(
    () => host,
    () => person.id,
  )
  beforeEach(clear)

  const addWorker = (id: string, columns = `state = 'idle'`) =>
    run(`insert into public.workers (id, host_name, version) values ('${id}', 'host of ${id}', '1.0');
      update public.workers set ${columns} where id = '${id}'`)

  test('now: what waits, runs and ended, and how long that took', async () => {
    const ids = await addJobs(9)
    await set(ids[0], completed(1, 10, 2))
    await set(ids[1], completed(2, 20, 4))
    await set(ids[2], completed(20))
    await set(ids[3], failed('f1', 'no_face'))
    await set(
      ids[4],
      `status = 'processing', worker_id = 'w1', started_at = now(), lease_until = now() + interval '1 minute'`,
    )
    await set(ids[5], `status = 'processing', started_at = now()`)
    await set(ids[6], `next_attempt_at = now() + interval '1 hour'`)
    // Retried a while ago: it waits since then, not since it was new.
    const retried = `next_attempt_at = now() - interval '90 seconds'`
    await set(ids[7], `created_at = now() - interval '1 day', ${retried}`)
    await set(ids[8], `status = 'failed', error_code = 'cancelled', completed_at = now()`)
    await run(`insert into public.job_attempts (match_job_id, attempt, worker_id, pack, started_at, outcome, stages)
      values ('${ids[0]}', 1, 'w1', 'lite', now() - interval '2 seconds', 'completed', '{"write": 3, "fetch": 5}')`)
    const now = await curator.client.jobs.now()
    expect(now).toMatchObject({
      ...{ pending: 2, due: 1, processing: 2, foreign: 1, failed: 2, undismissed: 1, completed: 3 },
      ...{ is_completed_estimated: false, sample: 3, empty: { state: 'growing' } },
    })
    expect(now.backlog.age_seconds).toBeGreaterThan(85)
    expect(now.backlog.age_seconds).toBeLessThan(150)
    expect(now.per_minute.minutes).toHaveLength(15)
    const sum = (column: 'completed' | 'failed') =>
      now.per_minute.minutes.reduce((total, minute) => total + minute[column], 0)
    expect([sum('completed'), sum('failed')]).toEqual([2, 1])
    // Of three: what was called off counts neither as failed nor in the times.
    expect(now.wait?.p50).toBeCloseTo(10_000, -1)
    const w1 = now.by_worker.find(({ worker_id }) => worker_id === 'w1')
    expect(w1).toMatchObject({ jobs: 2, completed: 2, failed: 0 })
    expect(w1?.wait?.p50).toBeCloseTo(15_000, -1)
    expect(w1?.run?.p50).toBeCloseTo(3_000, -1)
    expect(now.by_stage.map(({ stage, run }) => [stage, run?.p50])).toEqual([
      ['fetch', 5],
      ['write', 3],
    ])
    expect(now.by_pack).toMatchObject([{ pack: 'lite', jobs: 1 }])
  })

  test('alarms: each says what is wrong and what to do, and nothing is said where all is well', async () => {
    await addWorker('w1')
    const ids = await addJobs(1)
    await set(ids[0], completed(1))
    expect(await curator.client.jobs.alarms()).toEqual([])

    await set(
      ids[0],
      `status = 'processing', completed_at = null, worker_id = 'w2', started_at = now() - interval '11 minutes'`,
    )
    await addWorker('w2', `state = 'busy', last_beat_at = now() - interval '10 minutes'`)
    await addWorker('w3', `state = 'idle', clock_offset_ms = -600000`)
    await addWorker('w4', `state = 'stopped', last_beat_at = now() - interval '10 days'`)
    await run(`insert into public.celebrities (name, image_path) values ('Star', 's.jpg');
      update public.celebrity_jobs set created_at = now() - interval '2 hours', next_attempt_at = now() - interval '2 hours'`)
    const alarms = await curator.client.jobs.alarms()
    expect(alarms.map(({ kind, severity }) => `${kind} ${severity}`).toSorted()).toEqual([
      'backlog warning',
      'clock_skew bad',
      'dead_worker bad',
      'stall bad',
    ])
    expect(alarms.every(({ title, message, advice }) => title && message && advice)).toBe(true)
    expect(alarms.at(-1)?.kind).toBe('backlog')
    expect(alarms.find(({ kind }) => kind === 'backlog')?.action).toMatchObject({
      do: 'show_jobs',
      filter: { status: 'pending' },
    })
    const patient = await curator.client.jobs.alarms({ stall_minutes: 30, backlog_minutes: 600 })
    expect(patient.map(({ kind }) => kind).toSorted()).toEqual(['clock_skew', 'dead_worker'])
    await run(`update public.workers set state = 'paused', last_beat_at = now()`)
    expect((await curator.client.jobs.alarms()).map(({ kind }) => kind)).toContain('no_worker')
    await run(
      `update public.workers set state = 'waiting', state_reason = 'The disk is full.' where id = 'w1'`,
    )
    const waiting = (await curator.client.jobs.alarms()).find(({ kind }) => kind === 'waiting')
    expect(waiting?.message).toMatch(/waits, .*The worker on host of w1 says: The disk is full\.$/)
    expect(waiting?.action).toEqual({ do: 'show_worker', worker_id: 'w1' })
  })

  test('alarms: where everything fails, that is said', async () => {
    await addWorker('w1')
    for (const id of await addJobs(12)) await set(id, failed('f1', 'internal'))
    expect(await curator.client.jobs.alarms()).toMatchObject([
      { kind: 'failing', severity: 'bad', action: { do: 'show_failures' } },
    ])
  })

  test('workers: healthy, stale, dead and ended; who is asked what, and who is forgotten', async () => {
    await addWorker('ended', `state = 'stopped'`)
    await addWorker('dead', `state = 'busy', last_beat_at = now() - interval '3 minutes'`)
    await addWorker(
      'stale',
      `state = 'busy', last_beat_at = now() - interval '1 minute', memory_bytes = 5000000000`,
    )
    await addWorker('well', `state = 'busy'`)
    const [id] = await addJobs(1)
    await set(
      id,
      `status = 'processing', worker_id = 'well', started_at = now(), lease_until = now() + interval '1 minute'`,
    )
    const workers = await curator.client.jobs.workers()
    expect(workers.map((one) => `${one.id} ${one.health} ${one.can_be_forgotten}`)).toEqual([
      'well healthy false',
      'stale stale false',
      'dead dead true',
      'ended ended true',
    ])
    expect(workers[0]).toMatchObject({ holds: 1, jobs: [{ id, name: 'Anna', kind: 'face' }] })
    expect(workers[1].memory_bytes).toBe(5e9)

    const asked = await curator.client.jobs.instruct({ worker_id: 'well', instruction: 'pause' })
    expect(asked).toMatchObject({ instruction: 'pause', instructed_by_name: 'Carl' })
    for (const worker_id of ['dead', 'ended']) {
      await expect(curator.client.jobs.instruct({ worker_id, instruction: 'drain' })).rejects.toMatchObject({
        code: 'CONFLICT',
      })
    }
    await expect(
      curator.client.jobs.instruct({ worker_id: 'nobody', instruction: 'drain' }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    // Stopped by an operator, and its host lives.
    await addWorker('held', `state = 'stopped', state_reason = 'Stopped by an operator.'`)
    const resume = { worker_id: 'held', instruction: 'resume' } as const
    expect((await curator.client.jobs.workers()).find(({ id }) => id === 'held')).toMatchObject({
      ...{ health: 'healthy', can_be_forgotten: false },
    })
    await expect(moderator.client.jobs.instruct(resume)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(person.client.jobs.instruct(resume)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(curator.client.jobs.instruct({ ...resume, instruction: 'pause' })).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await curator.client.jobs.instruct(resume)).toMatchObject({ instruction: 'resume' })
    await run(`update public.workers set last_beat_at = now() - interval '1 minute' where id = 'held'`)
    await expect(curator.client.jobs.instruct(resume)).rejects.toMatchObject({ code: 'CONFLICT' })
    await run(`delete from public.workers where id = 'held'`)
    await admin.client.jobs.forgetWorker({ worker_id: 'dead' })
    for (const worker_id of ['well', 'stale']) {
      await expect(admin.client.jobs.forgetWorker({ worker_id })).rejects.toMatchObject({ code: 'CONFLICT' })
    }
    expect((await curator.client.jobs.workers()).map((one) => one.id)).toEqual(['well', 'stale', 'ended'])
  })

  test('failures: by fingerprint, with a sample, a trend, and whether a retry helps', async () => {
    const ids = await addJobs(7)
    for (const id of ids.slice(0, 3)) await set(id, failed('aaaa', 'no_face', 3))
    await set(ids[3], failed('bbbb', 'worker_lost', 130))
    await set(ids[4], failed('cccc', 'internal', 5) + `, dismissed_at = now()`)
    // As another client's worker writes it.
    await set(ids[5], `status = 'failed', completed_at = now(), error_message = 'Face 12 of 17 is broken'`)
    // Called off by a person, which is no failure.
    await set(ids[6], `status = 'failed', completed_at = now(), error_code = 'cancelled'`)
    const { groups, jobs } = await curator.client.jobs.failures()
    expect(jobs).toBe(5)
    expect(groups[0]).toMatchObject({
      ...{ fingerprint: 'aaaa', jobs: 3, reason: 'no_face', stage: 'detect', retry_helps: 'no' },
      by_kind: [{ kind: 'face', jobs: 3 }],
      sample: { name: 'Anna', kind: 'face', owner_id: person.id },
    })
    expect(groups[0].trend).toHaveLength(24)
    expect(groups[0].trend.at(-1)).toBe(3)
    expect(groups.find(({ fingerprint }) => fingerprint === 'bbbb')).toMatchObject({
      ...{ retry_helps: 'yes', trend: expect.arrayContaining([1]) as number[] },
    })
    const foreign = groups.find(({ fingerprint }) => fingerprint.startsWith('text-'))
    expect(foreign).toMatchObject({ jobs: 1, message: 'Face 12 of 17 is broken', reason: null })
    const listed = await curator.client.jobs.list({ fingerprint: foreign?.fingerprint })
    expect(listed).toMatchObject({ total: 1, items: [{ id: ids[5] }] })
    expect((await curator.client.jobs.failures({ dismissed: true })).groups).toMatchObject([
      { fingerprint: 'cccc', jobs: 1 },
    ])
  })

  test('attempts of a job that was started anew are told apart, and which did not count', async () => {
    const [id] = await addJobs(1)
    await run(`insert into public.job_attempts (match_job_id, attempt, started_at, ended_at, outcome)
      select '${id}', attempt, now() + interval '1 minute' * position, now(), outcome
      from unnest(
        array[1, 1, 1, 2, 1, 2, 1],
        array['postponed', 'released', 'retrying', 'failed', 'worker_lost', 'completed', 'failed']
      ) with ordinality as told (attempt, outcome, position)`)
    const { timeline } = await curator.client.jobs.get({ id, kind: 'face' })
    expect(timeline.map(attemptNumber)).toEqual([
      ...['1 (not counted)', '1 (not counted)', '1', '2', '1 of run 2', '2 of run 2', '1 of run 3'],
    ])
  })

  test('a job: its attempts in order, what was found, what it produced', async () => {
    const [id] = await addJobs(1)
    await set(id, completed(1))
    await run(`update public.faces set analyzed_at = now(), image_width = 640, image_height = 480, faces_found = 2,
        detection_box = '{"x": 1, "y": 2, "width": 3, "height": 4}', landmarks_68 = '[[1, 2], [3, 4]]';
      insert into public.celebrities (name, image_path) values ('Star', 's.jpg');
      insert into public.celebrity_matches (face_id, celebrity_id, similarity_score)
        select f.id, c.id, 0.75 from public.faces f, public.celebrities c;
      insert into public.job_attempts (match_job_id, attempt, worker_id, started_at, ended_at, outcome, failed_stage,
          error_code, stages, log)
        values ('${id}', 1, 'w1', now() - interval '5 minutes', now() - interval '4 minutes', 'retrying', 'search',
          'internal', '{"fetch": 1.5, "search": 2}', '[{"at": "2026-01-01T00:00:00Z", "level": "warn", "message": "Hm"}]'),
        ('${id}', 2, 'w1', now() - interval '1 minute', now(), 'completed', null, null, '{}', '[]');
      insert into public.job_checkpoints (match_job_id, image_path, image_hash, embedding_model, analysis)
        values ('${id}', 'p', 'h', 'm', '{}')`)
    const job = await curator.client.jobs.get({ id, kind: 'face' })
    expect(job).toMatchObject({
      ...{ id, name: 'Anna', status: 'completed', retry_helps: null, checkpoint: null },
      found: {
        width: 640,
        height: 480,
        faces_found: 2,
        box: { x: 1, width: 3 },
        landmarks: [
          [1, 2],
          [3, 4],
        ],
      },
      timeline: [
        {
          ...{ attempt: 1, outcome: 'retrying', failed_stage: 'search' },
          stages: [
            { stage: 'fetch', ms: 1.5 },
            { stage: 'search', ms: 2 },
          ],
          log: [{ level: 'warn', message: 'Hm', at: new Date('2026-01-01T00:00:00Z') }],
        },
        { attempt: 2, outcome: 'completed' },
      ],
      matches: [{ kind: 'celebrity', name: 'Star', score: 0.75 }],
      matches_total: 1,
    })
    await set(id, failed('f', 'internal'))
    const failedOne = await curator.client.jobs.get({ id, kind: 'face' })
    expect(failedOne).toMatchObject({ retry_helps: 'yes', checkpoint: { stage: 'search' } })
    await curator.client.jobs.retry({ id, kind: 'face', from_stage: 'search' })
    expect(await curator.client.jobs.get({ id, kind: 'face' })).toMatchObject({
      status: 'pending',
      attempts: 0,
    })
    await expect(curator.client.jobs.get({ id: person.id, kind: 'face' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
