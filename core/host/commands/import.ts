import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { sql } from 'kysely'
import type { Logger } from 'pino'
import { isUniqueViolation } from '../../access/failures'
import { insertCelebrity } from '../../celebrities/catalogue'
import { inspectImage } from '../../faces/decode'
import { SemblanceError } from '../../model/errors'
import { guessName } from '../../model/guess-name'
import { extensionOf, photoMediaTypes } from '../../model/photo-formats'
import type { Config } from '../config'
import { type Host, startHost } from '../host'
import { exitCodes, type Output } from '../output'
import { readPhoto } from '../read-photo'

interface Outcome {
  file: string
  outcome: 'added' | 'known' | 'rejected'
  name?: string
  celebrity_id?: string
  reason?: string
  /** Why the analysis of an added photo failed. */
  analysis_error?: string
}

/**
 * Adds a celebrity for every photo in a folder and the folders in it, then waits until they are analysed. A photo that
 * is known already is left alone, so an import that was cut short is started again.
 * Exit code 1 where a file was rejected or a job failed.
 */
export async function importFolder(
  folder: string,
  options: { category?: string },
  config: Config,
  output: Output,
  log: Logger,
): Promise<number> {
  const files = await listFiles(folder)
  if (files.length === 0) throw new SemblanceError('BAD_REQUEST', `There are no files in ${folder}.`)
  const host = await startHost({ config: { ...config, port: 0 }, log, say: output.say })
  try {
    const outcomes: Outcome[] = []
    for (const [index, file] of files.entries()) {
      const outcome = await importOne(host, folder, file, options.category)
      outcomes.push(outcome)
      output.say(
        `${index + 1} of ${files.length}  ${outcome.file}: ${outcome.reason ?? outcome.name ?? outcome.outcome}`,
      )
    }
    output.say('Analysing…')
    await host.worker.drain()
    const failures = await failuresOf(host, outcomes)
    for (const outcome of outcomes) {
      const message = failures.get(outcome.celebrity_id ?? '')
      if (message === undefined) continue
      outcome.analysis_error = message
      output.say(`${outcome.file}: ${message}`)
    }
    return report(outcomes, host.worker.status(), output)
  } finally {
    await host.close()
  }
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true, recursive: true })
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
  } catch (error) {
    throw new SemblanceError('BAD_REQUEST', unreadable(folder, error as NodeJS.ErrnoException), undefined, {
      cause: error,
    })
  }
}

function unreadable(folder: string, { code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return `There is no folder ${folder}. Name one that holds photos.`
    case 'ENOTDIR':
      return `${folder} is a file, not a folder. Name the folder that it lies in.`
    case 'EACCES':
    case 'EPERM':
      return `You have no right to read the folder ${folder}.`
    default:
      return `The folder ${folder} can't be read: ${message}`
  }
}

/** Why the newest analysis of a celebrity failed, by the celebrity's id; those that did not fail are missing. */
async function failuresOf({ context }: Host, outcomes: readonly Outcome[]): Promise<Map<string, string>> {
  const ids = outcomes.flatMap(({ outcome, celebrity_id }) =>
    outcome === 'added' ? (celebrity_id ?? []) : [],
  )
  const jobs = await context.database.asService((tx) =>
    tx
      .selectFrom('celebrity_jobs')
      .distinctOn('celebrity_id')
      .select(['celebrity_id', 'status', 'error_message'])
      .where('celebrity_id', '=', sql<string>`any(${ids}::uuid[])`)
      .orderBy('celebrity_id')
      .orderBy('created_at', 'desc')
      .execute(),
  )
  return new Map(
    jobs.flatMap(({ celebrity_id, status, error_message }) =>
      status === 'failed' ? [[celebrity_id, error_message ?? 'The analysis failed.']] : [],
    ),
  )
}

async function importOne(host: Host, folder: string, path: string, category?: string): Promise<Outcome> {
  const file = relative(folder, path)
  const { images, database } = host.context
  const extension = extensionOf(path)
  try {
    const bytes = await readPhoto(path)
    await inspectImage(bytes)
    const mediaType = photoMediaTypes[extension]
    if (!mediaType)
      throw new SemblanceError('BAD_REQUEST', 'The file name does not end in that of a photo (.jpg, .png …).')
    const name = guessName(join(folder, file).split(sep).join('/')) || file
    const image_hash = createHash('md5').update(bytes).digest('hex')
    const known = await database.asService((tx) =>
      tx
        .selectFrom('celebrities')
        .select(['id', 'name'])
        .where('image_hash', '=', image_hash)
        .executeTakeFirst(),
    )
    if (known)
      return { file, outcome: 'known', celebrity_id: known.id, reason: `known already as ${known.name}` }
    const image_path = images.celebrityPath(extension)
    await images.upload('celebrity-images', image_path, bytes, mediaType)
    const celebrity_id = await database
      .asService((tx) => insertCelebrity(tx, { name, category, image_path, image_hash }))
      .catch(async (error: unknown) => {
        // Somebody else added the same photo meanwhile; this copy belongs to nobody.
        if (isUniqueViolation(error)) await images.remove('celebrity-images', [image_path])
        throw error
      })
    return { file, outcome: 'added', name, celebrity_id }
  } catch (error) {
    if (isUniqueViolation(error)) return { file, outcome: 'known', reason: 'known already' }
    const isItsOwnFault = error instanceof SemblanceError && error.code !== 'UNAVAILABLE'
    if (!isItsOwnFault) throw error
    return { file, outcome: 'rejected', reason: error.message }
  }
}

function report(outcomes: Outcome[], jobs: { completed: number; failed: number }, output: Output): number {
  const count = (outcome: Outcome['outcome']) => outcomes.filter((one) => one.outcome === outcome).length
  const { completed, failed } = jobs
  output.result(
    { files: outcomes, jobs: { completed, failed } },
    `${count('added')} added, ${count('known')} known already, ${count('rejected')} rejected; ` +
      `${completed} analysed, ${failed} could not be.`,
  )
  return count('rejected') > 0 || failed > 0 ? exitCodes.failed : exitCodes.ok
}
