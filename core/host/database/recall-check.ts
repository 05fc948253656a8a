import { connectDatabase } from '../../database/connect'
import type { Source } from '../../database/engine'
import { measureRecall } from '../../matching/search/recall'

interface RecallFinding {
  check: string
  state: 'ok' | 'warn'
  message: string
}

/** What each vector index of this database finds of the truth, and what to do where that is too little. Never throws. */
export async function checkRecall(source: Source): Promise<RecallFinding[]> {
  try {
    return await recallOfIndexes(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return [
      { check: 'vector indexes', state: 'warn', message: `Their recall could not be measured: ${reason}` },
    ]
  }
}

async function recallOfIndexes(source: Source): Promise<RecallFinding[]> {
  const database = await connectDatabase(source)
  try {
    const measured = await database.asService(measureRecall)
    return measured.map(({ index, table, recall, neighbours, queries, rows, remedy }) => {
      const share = recall === null ? null : `${(recall * 100).toFixed(1)} %`
      const message =
        share === null
          ? `${rows} rows of ${table}; the planner does not use it`
          : `finds ${share} of the ${neighbours} nearest of ${rows} ${table}, ${queries} asked`
      return {
        check: `index ${index}`,
        state: remedy === null ? 'ok' : 'warn',
        message: remedy === null ? message : `${message}. ${remedy}`,
      }
    })
  } finally {
    await database.close()
  }
}
