import { implement } from '@orpc/server'
import { z } from 'zod'
import type { Context } from '../access/context'
import { accessFirst, admin, answerErrors, staff } from '../access/procedure'
import { settingsContract } from './contract'
import { listSettings, setSetting } from './settings'

const procedures = implement(settingsContract, accessFirst).$context<Context>().use(answerErrors)

export const settingsProcedures = {
  list: procedures.list.use(staff).handler(async ({ context }) => {
    const settings = await context.transaction(listSettings)
    return settings.map(viewSetting)
  }),

  set: procedures.set.use(admin).handler(async ({ context, input }) => {
    const { key, value, expected_updated_at: expectedUpdatedAt } = input
    return viewSetting(await context.transaction((tx) => setSetting(tx, { key, value, expectedUpdatedAt })))
  }),
}

function viewSetting<Row extends { value: unknown }>({ value, ...rest }: Row) {
  return { ...rest, value: z.json().parse(value) }
}
