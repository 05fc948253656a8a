import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../config'
import { complete, createConnector, noControl } from './connector'
import { baseConfig, connectionSource, loadConfig } from '../load-config'
import { connectionFile, readFormer, readSaved, replaceSaved, restoreFormer, seal } from './saved-connection'
import { noVault } from './vault'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'semblance-saved-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const settings = { databaseUrl: 'postgresql://u:secret@127.0.0.1:5432/one' }
const sealed = (databaseUrl: string) => seal({ databaseUrl }, { vault: null, at: new Date() })
const connector = (environment: NodeJS.ProcessEnv = {}) =>
  createConnector({
    ...noControl,
    ...{ environment, running: null, config: readConfig({ SEMBLANCE_HOME: home }) },
  })

describe('a saved connection', () => {
  it('is what a host starts with, unless variables name another', async () => {
    await replaceSaved(home, await sealed(settings.databaseUrl))
    expect(statSync(connectionFile(home)).mode & 0o777).toBe(0o600)
    const environment = { SEMBLANCE_HOME: home }
    expect((await loadConfig(noVault, environment)).databaseUrl).toBe(settings.databaseUrl)
    expect(await connectionSource(home, environment)).toBe('saved')
    const other = { ...environment, SEMBLANCE_DATABASE_URL: 'postgresql://u@127.0.0.1/two' }
    expect((await loadConfig(noVault, other)).databaseUrl).toBe('postgresql://u@127.0.0.1/two')
    expect(await connectionSource(home, other)).toBe('environment')
    expect(baseConfig(other)).toMatchObject({ home, databaseUrl: null })
  })

  it('changes places with the one before, whichever is in use', async () => {
    await replaceSaved(home, await sealed('postgresql://u@h/one'))
    await replaceSaved(home, await sealed('postgresql://u@h/two'))
    await restoreFormer(home)
    expect((await readSaved(home))?.databaseLocation).toBe('h/one')
    expect((await readFormer(home))?.connection?.databaseLocation).toBe('h/two')
    await replaceSaved(home, null)
    expect(await readSaved(home)).toBeNull()
    await restoreFormer(home)
    expect((await readSaved(home))?.databaseLocation).toBe('h/one')
  })

  it('that is broken says which file, and can be replaced', async () => {
    writeFileSync(connectionFile(home), '{"version":')
    await expect(readSaved(home)).rejects.toThrow(connectionFile(home))
    await replaceSaved(home, await sealed('postgresql://u@h/one'))
    expect((await readSaved(home))?.databaseLocation).toBe('h/one')
  })
})

describe('saving', () => {
  const given = { supabaseUrl: '', ...settings }

  it('keeps no password as it is unless somebody says so', async () => {
    await expect(connector().save(given, { unprotected: false })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      data: { needs: 'unprotected' },
    })
    expect(await readSaved(home)).toBeNull()
    expect(await connector().save(given, { unprotected: true })).toEqual({ host: 'manually' })
    const current = await connector().current()
    expect(current).toMatchObject({ source: 'saved', saved: { protection: 'none', readable: true } })
    expect(JSON.stringify(current)).not.toContain('secret@')
  })

  it('is refused where variables would win', async () => {
    const named = connector({ SEMBLANCE_DATABASE_URL: 'postgresql://u@127.0.0.1/two' })
    await expect(named.save(given, { unprotected: true })).rejects.toThrow('SEMBLANCE_DATABASE_URL')
  })

  it('names the field that makes no sense', async () => {
    const input = { supabaseUrl: 'https://abc.supabase.co', databaseUrl: settings.databaseUrl }
    await expect(connector().save(input, { unprotected: true })).rejects.toThrow(/^The publishable key/)
  })
})

describe('what was left out of a form', () => {
  const known = {
    ...settings,
    ...{ supabaseUrl: 'https://abc.supabase.co', publishableKey: 'p', secretKey: 's', jwtSecret: 'j' },
  }

  it('stays what it is', () => {
    expect(complete({ supabaseUrl: 'https://abc.supabase.co/' }, known)).toMatchObject({
      ...settings,
      ...{ publishableKey: 'p', secretKey: 's', jwtSecret: 'j' },
    })
    expect(complete({ supabaseUrl: known.supabaseUrl, secretKey: '' }, known).secretKey).toBeUndefined()
  })

  it('is never handed to another address', () => {
    const elsewhere = complete({ supabaseUrl: 'https://evil.example' }, known)
    expect(elsewhere).toMatchObject({ supabaseUrl: 'https://evil.example' })
    expect([elsewhere.publishableKey, elsewhere.secretKey, elsewhere.jwtSecret]).toEqual(
      Array(3).fill(undefined),
    )
  })
})
