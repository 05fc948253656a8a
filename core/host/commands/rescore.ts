import type { Logger } from 'pino'
import {
  executeRescore,
  planRescore,
  type RescorePlan,
  type RescoreResult,
} from '../../matching/rows/rescore'
import type { Config } from '../config'
import { exitCodes, type Output } from '../output'
import { withCurrentDatabase } from '../database/ready-database'

const examples = 5
const noWayBack =
  'There is no way back: removed rows and former scores are not restored. Take a backup first.'

/**
 * Shows what matching everybody anew by today's weights and rules would change; with `yes` executes exactly what it
 * shows. Exit code 1 where some of the plan had changed underneath and was left alone.
 */
export async function rescore(
  { yes }: { yes: boolean },
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  return withCurrentDatabase(config, log, async (database) => {
    const plan = await database.asService((tx) =>
      planRescore(tx, (faces, among) => output.say(`${faces} faces searched among ${among}`)),
    )
    const isEmpty = [plan, plan.lookalikes].every(
      ({ changed, added, removed }) => changed.length + added.length + removed.length === 0,
    )
    if (!yes || isEmpty) {
      const next = isEmpty
        ? 'Nothing to do.'
        : `Nothing was changed. Next: semblance rescore --yes. ${noWayBack}`
      output.result({ executed: false, ...plan }, `${reportRescore(plan)}\n\n${next}`)
      return exitCodes.ok
    }
    output.say(reportRescore(plan))
    const result = await database.asService((tx) => executeRescore(tx, plan))
    const skipped = namesOfSkipped(result)
    const done = reportResult(result)
    output.result(
      { executed: true, ...result },
      skipped.length === 0
        ? done
        : `${done}\n${skipped.length} were another by then, and were left alone: ${skipped
            .slice(0, examples)
            .join(', ')}`,
    )
    return skipped.length === 0 ? exitCodes.ok : exitCodes.failed
  })
}

function reportResult({ lookalikes, ...people }: RescoreResult): string {
  const line = ({ changed, added, removed }: Pick<RescoreResult, 'changed' | 'added' | 'removed'>) =>
    `${changed} scores changed, ${added} pairs added, ${removed} removed.`
  return `People: ${line(people)}\nCelebrities: ${line(lookalikes)}`
}

function namesOfSkipped({ skipped, lookalikes }: RescoreResult): string[] {
  return [
    ...skipped.changed,
    ...skipped.removed,
    ...skipped.added.map(({ face_a_id: a, face_b_id: b }) => `${a} and ${b}`),
    ...lookalikes.skipped.changed,
    ...lookalikes.skipped.removed,
    ...lookalikes.skipped.added.map(({ face_id: a, celebrity_id: b }) => `${a} and celebrity ${b}`),
  ]
}

/** A plan for a person: counts, and a few examples of each. */
export function reportRescore(plan: RescorePlan): string {
  const pair = ({ face_a_id: a, face_b_id: b }: { face_a_id: string; face_b_id: string }) => `${a} and ${b}`
  const moved = (one: RescorePlan['changed'][number]) =>
    `${pair(one)}: ${one.from.toFixed(4)} → ${one.to.toFixed(4)}`
  return [
    'People',
    `${plan.changed.length} pairs get another score`,
    ...some(plan.changed, moved),
    `${plan.added.length} pairs are added`,
    ...some(plan.added, (one) => `${pair(one)}: ${one.score.toFixed(4)}`),
    `${plan.removed.length} pairs fall below ${plan.threshold} and are removed`,
    ...some(plan.removed, moved),
    `${plan.kept} pairs below ${plan.threshold} stay, since somebody has reacted or connected`,
    `${plan.unscored} pairs have no score and stay as they are`,
    '',
    ...reportLookalikes(plan.lookalikes),
  ].join('\n')
}

function reportLookalikes({ changed, added, removed, unscored }: RescorePlan['lookalikes']): string[] {
  const pair = ({ face_id: a, celebrity_id: b }: { face_id: string; celebrity_id: string }) =>
    `${a} and celebrity ${b}`
  return [
    'Celebrities',
    `${changed.length} lookalikes get another score`,
    ...some(changed, (one) => `${pair(one)}: ${one.from.toFixed(4)} → ${one.to.toFixed(4)}`),
    `${added.length} lookalikes are added`,
    ...some(added, (one) => `${pair(one)}: ${one.score.toFixed(4)}`),
    `${removed.length} lookalikes are no longer among the best and are removed`,
    ...some(removed, (one) => `${pair(one)}: ${one.from.toFixed(4)}`),
    `${unscored} lookalikes have no score and stay as they are`,
  ]
}

function some<T>(all: readonly T[], line: (one: T) => string): string[] {
  return [
    ...all.slice(0, examples).map((one) => `  ${line(one)}`),
    ...(all.length > examples ? [`  … and ${all.length - examples} more`] : []),
  ]
}
