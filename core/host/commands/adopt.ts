import { createInterface } from 'node:readline/promises'
import type { Logger } from 'pino'
import { adoptDatabase } from '../../database/adoption/adopt'
import type { AdoptionPlan } from '../../database/adoption/model'
import { reportPlan, stepLine } from '../../database/adoption/report'
import type { Config } from '../config'
import { withSource } from '../database/open-source'
import { exitCodes, type Output } from '../output'
import { appPaths } from '../paths'
import { referenceOf } from './reference'

export interface AdoptFlags {
  /** Print the plan and do nothing. */
  plan: boolean
  /** Execute it without asking. */
  yes: boolean
}

/**
 * Lets Semblance move into a database that other migrations made: prints the plan, and executes it when told to. Exit
 * code 1 where something needs a person first.
 */
export async function adopt(flags: AdoptFlags, config: Config, output: Output, log: Logger): Promise<number> {
  const confirm = async (plan: AdoptionPlan) => {
    if (flags.plan) return false
    if (flags.yes) return true
    const isAsking = !output.json && process.stdin.isTTY && process.stderr.isTTY
    if (!isAsking) return false
    output.say(reportPlan(plan))
    return isYes(await ask(`\nExecute these ${plan.steps.length} steps? [y/N] `))
  }
  return withSource(config, log, async (source) => {
    const { plan, executed, done } = await adoptDatabase(source, {
      ...{ directory: appPaths().migrations, referenceOf, confirm },
      onStep: (step, index) => output.say(`Step ${index + 1}: ${stepLine(step)}`),
      onProgress: (rows) => output.say(`  ${rows} rows`),
    })
    const next =
      executed || plan.done || plan.blockers.length > 0
        ? ''
        : '\n\nNothing was changed. Next: semblance migrate --adopt --yes.'
    const text = executed
      ? `Adopted in ${plan.steps.length} steps. Next: semblance migrate --check.`
      : `${reportPlan(plan)}${next}`
    output.result({ ...plan, executed, done }, text)
    return plan.blockers.length > 0 ? exitCodes.failed : exitCodes.ok
  })
}

function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer.trim())
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await terminal.question(question)
  } finally {
    terminal.close()
  }
}
