import { implement } from '@orpc/server'
import { z } from 'zod'
import type { Context } from '../access/context'
import { accessFirst, answerErrors, staff } from '../access/procedure'
import { settingsContract } from './contract'
import { listSettings } from './settings'

const procedures = implement(settingsContract, accessFirst).$context<Context>().use(answerErrors)

export const settingsProcedures = {
  list: procedures.list.use(staff).handler(async ({ context }) => {
    const settings = await context.transaction(listSettings)
    return settings.map(({ value, ...rest }) => ({ ...rest, value: z.json().parse(value) }))
  }),
}
