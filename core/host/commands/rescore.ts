import type { Logger } from 'pino'
import { connectDatabase } from '../../database/connect'
import { executeRescore, planRescore, type RescorePlan } from '../../matching/rescore'
import type { Config } from '../config'
import { withSource } from '../open-source'
import { exitCodes, type Output } from '../output'

const examples = 5

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
  return withSource(config, log, async (source) => {
    const database = await connectDatabase(source)
    try {
      const plan = await database.asService((tx) =>
        planRescore(tx, (faces) => output.say(`${faces} faces searched`)),
      )
      const isEmpty = plan.changed.length + plan.added.length + plan.removed.length === 0
      if (!yes || isEmpty) {
        const next = isEmpty ? 'Nothing to do.' : 'Nothing was changed. Next: semblance rescore --yes.'
        output.result({ executed: false, ...plan }, `${reportRescore(plan)}\n\n${next}`)
        return exitCodes.ok
      }
      output.say(reportRescore(plan))
      const result = await database.asService((tx) => executeRescore(tx, plan))
      const skipped = [...result.skipped.changed, ...result.skipped.removed, ...result.skipped.added]
      const done = `${result.changed} scores changed, ${result.added} pairs added, ${result.removed} removed.`
      output.result(
        { executed: true, ...result },
        skipped.length === 0
          ? done
          : `${done}\n${skipped.length} were another by then, and were left alone: ${skipped
              .slice(0, examples)
              .map((one) => (typeof one === 'string' ? one : `${one.face_a_id} and ${one.face_b_id}`))
              .join(', ')}`,
      )
      return skipped.length === 0 ? exitCodes.ok : exitCodes.failed
    } finally {
      await database.close()
    }
  })
}

/** A plan for a person: counts, and a few examples of each. */
export function reportRescore(plan: RescorePlan): string {
  const pair = ({ face_a_id: a, face_b_id: b }: { face_a_id: string; face_b_id: string }) => `${a} and ${b}`
  const some = <T>(all: readonly T[], line: (one: T) => string) => [
    ...all.slice(0, examples).map((one) => `  ${line(one)}`),
    ...(all.length > examples ? [`  … and ${all.length - examples} more`] : []),
  ]
  const moved = (one: RescorePlan['changed'][number]) =>
    `${pair(one)}: ${one.from.toFixed(4)} → ${one.to.toFixed(4)}`
  return [
    `${plan.changed.length} pairs get another score`,
    ...some(plan.changed, moved),
    `${plan.added.length} pairs are added`,
    ...some(plan.added, (one) => `${pair(one)}: ${one.score.toFixed(4)}`),
    `${plan.removed.length} pairs fall below ${plan.threshold} and are removed`,
    ...some(plan.removed, moved),
    `${plan.kept} pairs below ${plan.threshold} stay, since somebody has reacted or connected`,
    `${plan.unscored} pairs have no score and stay as they are`,
  ].join('\n')
}
