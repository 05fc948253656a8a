import type { SwitchPlan, SwitchProgress } from '../../models/contract'

const each = ({ faces, celebrities, photos }: SwitchPlan['to_do']) =>
  [
    amount(faces, 'face'),
    amount(celebrities, 'celebrity', 'celebrities'),
    ...(photos > 0 ? [amount(photos, 'further photo')] : []),
  ].join(', ')

/** A plan for a person, line by line. */
export function describePlan(plan: SwitchPlan): string {
  const { from, to, to_do: todo, missing, done_already: done, estimate } = plan
  return [
    `From ${from?.embedding_model ?? 'nothing'} to ${to.embedding_model}.`,
    `To redo: ${each(todo)}.${done.faces + done.celebrities + done.photos > 0 ? ` There already: ${each(done)}.` : ''}`,
    missing === null
      ? 'Whether their photos are there, this database does not tell.'
      : `Their photos are missing: ${each(missing)}. These can't be redone.`,
    estimate
      ? `${duration(estimate.seconds.least)} to ${duration(estimate.seconds.most)}: ${estimate.photo_ms.least.toFixed(0)} to ${estimate.photo_ms.most.toFixed(0)} ms a photo by the models of ${
          estimate.measured_on === 'new_pack' ? 'the new pack' : 'the active pack'
        }, ${amount(estimate.threads, 'thread')} of ${amount(estimate.workers, 'machine')}.`
      : 'How long it takes was not measured.',
    `Until then the database grows by about ${megabytes(plan.staging_bytes)} MB.`,
    ...(plan.fetch_bytes ? [`To fetch: ${megabytes(plan.fetch_bytes)} MB on each machine.`] : []),
    ...plan.roles.map(({ role, from: before, to: after }) => `  ${role}: ${before ?? '–'} → ${after ?? '–'}`),
    ...(from?.embedding_model === to.embedding_model
      ? []
      : [
          'Scores will differ. Look at these settings afterwards:',
          ...plan.thresholds.map(({ key, value }) => `  ${key} = ${value}`),
        ]),
  ].join('\n')
}

/** How far a switch is, or what came of it. */
export function describeProgress(progress: SwitchProgress): string {
  const { state, from_pack: from, to_pack: to, outcome } = progress
  const name = `${from ?? 'nothing'} → ${to}`
  if (outcome)
    return [
      `${name}: made. ${each(outcome)}, ${outcome.rescored} scores anew, ${outcome.left_out} left out.`,
      describeSearches(outcome.searches),
    ].join('\n')
  if (state === 'cancelled') return `${name}: cancelled.`
  const rate =
    progress.per_second === null
      ? ''
      : `, ${progress.per_second.toFixed(1)} a second, about ${duration(progress.seconds_left ?? 0)} left`
  const failed =
    progress.failed > 0
      ? `\n${amount(progress.failed, 'photo')} ${progress.failed === 1 ? 'has' : 'have'} failed: semblance packs retry-failed, or semblance packs accept-failed to go on without ${progress.failed === 1 ? 'it' : 'them'}.`
      : ''
  return `${name}: ${state}. ${progress.staged} of ${progress.total} photos${rate}.${failed}`
}

function describeSearches({ all, left, failed }: { all: number; left: number; failed: number }): string {
  const failures = failed > 0 ? ` ${failed} have failed: see semblance jobs.` : ''
  return left > 0
    ? `Pairs that only the new scores make are being searched for: ${left} of ${all} searches are left.${failures}`
    : `All ${all} searches for pairs that only the new scores make have ended.${failures}`
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  if (seconds < 5400) return `${Math.ceil(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}

const amount = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1)
