import { type DocumentedTable, documentedTables } from './document-tables'

/** A trigger by what it does, since the document names only its function. */
export interface DocumentedTrigger {
  what: string
  /** `schema.table` */
  table: string
  /** As `pg_get_triggerdef` writes it. */
  event: RegExp
  /** What the body of its function holds. */
  does: RegExp
}

/** What row-level security is documented to do. */
export interface DocumentedAccess {
  /** Everybody reads, signed in or not. */
  publicRead: boolean
  /** What a policy that lets people write must ask for; null: no policy gives everybody the right to write. */
  writers: RegExp | null
}

/** What a setting's value must look like, in words and as a test. */
export interface DocumentedSetting {
  expected: string
  isValid: (value: unknown) => boolean
}

export interface Document {
  tables: Record<string, DocumentedTable>
  /** Names in `public`; a name that ends in * stands for any that begins so. */
  functions: Record<string, { returns?: string }>
  triggers: DocumentedTrigger[]
  access: Record<string, DocumentedAccess>
  settings: Record<string, DocumentedSetting>
  /** Extension → schema. Those that are not `required` come with Supabase and nothing here depends on them. */
  extensions: Record<string, { schema: string; required: boolean }>
}

const factors = ['embedding', 'geometry', 'age', 'symmetry', 'skin_tone', 'expression']

function isFraction(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function areWeights(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const weights = factors.map((factor) => (value as Record<string, unknown>)[factor])
  return weights.every(isFraction) && Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) <= 1e-6
}

const inExtensions = (required = false) => ({ schema: 'extensions', required })

/** The shared database as `reference/data-model.md` describes it. */
export const document: Document = {
  tables: documentedTables,
  functions: {
    auto_create_match_job: { returns: 'trigger' },
    calculate_advanced_similarity: {},
    'find_similar_*': {},
  },
  triggers: [
    {
      what: 'makes a profile at sign-up',
      table: 'auth.users',
      event: /\bAFTER INSERT\b/i,
      does: /insert\s+into\s+(public\.)?"?profiles\b/i,
    },
    {
      what: 'makes a job at upload (auto_create_match_job)',
      table: 'public.faces',
      event: /\bAFTER INSERT\b/i,
      does: /insert\s+into\s+(public\.)?"?match_jobs\b/i,
    },
  ],
  access: {
    celebrities: { publicRead: true, writers: null },
    system_settings: { publicRead: true, writers: /'admin'/ },
  },
  settings: {
    matching_weights: {
      expected: `six numbers in [0, 1] that sum to 1: ${factors.join(', ')}`,
      isValid: areWeights,
    },
    allow_non_edu_emails: { expected: 'true or false', isValid: (value) => typeof value === 'boolean' },
    match_threshold: { expected: 'a number in [0, 1]', isValid: isFraction },
  },
  extensions: {
    vector: inExtensions(true),
    pgcrypto: inExtensions(),
    'uuid-ossp': inExtensions(),
    pg_stat_statements: inExtensions(),
    pg_net: inExtensions(),
    pg_graphql: { schema: 'graphql', required: false },
    supabase_vault: { schema: 'vault', required: false },
    pg_cron: { schema: 'pg_catalog', required: false },
  },
}
