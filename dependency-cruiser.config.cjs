/** Who may import whom: the table of rooms. Every rule is proved by tests/import-rules.test.ts. */

const parts = ['database', 'supabase', 'embedded', 'faces']
const basics = ['accounts', 'settings', 'matching']
/** The active pack and the way to another one: what writes embeddings asks it. */
const spaces = ['models']
const features = ['jobs', 'celebrities', 'connections', 'moderation', 'servers']
const overviews = ['overview', 'samples']
const below = ['model', ...parts, 'access']

/** What each room of core/ may import besides itself. */
const allowed = {
  model: [],
  database: ['model'],
  supabase: ['model'],
  embedded: ['model', 'database'],
  faces: ['model'],
  access: ['model', ...parts],
  ...Object.fromEntries(basics.map((room) => [room, below])),
  models: [...below, ...basics],
  ...Object.fromEntries(features.map((room) => [room, [...below, ...basics, ...spaces]])),
  ...Object.fromEntries(
    overviews.map((room) => [room, [...below, ...basics, ...spaces, 'jobs', 'celebrities']]),
  ),
  api: [...below, ...basics, ...spaces, ...features, ...overviews],
  host: ['[^/]+'],
}

/** A test may set up whatever it needs. */
const tests = '\\.test\\.tsx?$'

const alternatives = (rooms) => `^core/(${rooms.join('|')})/`

const rooms = Object.entries(allowed).map(([room, others]) => ({
  name: `core-${room}`,
  comment: `core/${room} may import ${others.join(', ') || 'nothing of ours'}.`,
  severity: 'error',
  from: { path: `^core/${room}/`, pathNot: tests },
  to: { path: '^(core|electron|renderer)/', pathNot: alternatives([room, ...others]) },
}))

const clientFiles = [
  '^core/[^/]+/contract[a-z-]*\\.ts$',
  '^core/model/',
  '^core/matching/(factors|distribution)\\.ts$',
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...rooms,
    {
      name: 'known-rooms',
      comment: 'A new folder of core/ needs a line in the table above.',
      severity: 'error',
      from: { path: '^core/', pathNot: alternatives(Object.keys(allowed)) },
      to: {},
    },
    {
      name: 'electron',
      comment: 'The desktop shell knows the host alone.',
      severity: 'error',
      from: { path: '^electron/', pathNot: tests },
      to: { path: '^(core|renderer)/', pathNot: '^core/host/' },
    },
    {
      name: 'renderer',
      comment: 'Pages know the contracts, the model and the pure files of matching, never the server.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: tests },
      to: { path: '^(core|electron)/', pathNot: clientFiles },
    },
    {
      name: 'client-files-stay-pure',
      comment: 'What a page imports must not bring the server along.',
      severity: 'error',
      from: { path: clientFiles, pathNot: tests },
      to: { path: '^core/', pathNot: clientFiles },
    },
    {
      name: 'doors',
      comment: 'Behind the doors to the database: nobody else opens connections, or a door over other ones.',
      severity: 'error',
      from: { path: '^(core|electron|renderer)/', pathNot: ['^core/database/', tests] },
      to: {
        path: '^core/database/(as-user|callers-pool|health|pool|server|server-listener|transactions)\\.ts$',
      },
    },
    {
      name: 'drivers',
      comment:
        'Only the room of connections speaks to a server, the embedded engine, which is one, and the test of a connection.',
      severity: 'error',
      from: {
        path: '^(core|electron|renderer)/',
        pathNot: [
          '^core/database/',
          '^core/embedded/database\\.ts$',
          '^core/host/connection/connection-test/',
          tests,
        ],
      },
      to: { path: '^(node_modules/)?(@types/)?(pg|pg-pool|pg-native|pg-cursor|postgres)(/|$)' },
    },
    {
      name: 'pages-apart',
      severity: 'error',
      from: { path: '^renderer/(console|site)/' },
      to: { path: '^renderer/(console|site)/', pathNot: '^renderer/$1/' },
    },
    {
      name: 'kit-without-data',
      comment: 'Components know no data: neither pages nor the connection.',
      severity: 'error',
      from: { path: '^renderer/kit/' },
      to: { path: '^renderer/(console|site|rpc)/' },
    },
    {
      name: 'rpc-below-pages',
      severity: 'error',
      from: { path: '^renderer/rpc/' },
      to: { path: '^renderer/(console|site)/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is left over, unless it is an entry.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(core|electron|renderer)/',
        pathNot: [tests, '\\.d\\.ts$', '^electron/preload\\.ts$'],
      },
      to: {},
    },
    {
      name: 'no-development-packages-in-the-host',
      comment: 'The host runs from what electron-builder packs, which is `dependencies` alone.',
      severity: 'error',
      from: { path: '^(core|electron)/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/electron/',
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      // Electron brings these along; no package has them.
      to: { couldNotResolve: true, pathNot: '^electron/(main|renderer|common)$' },
    },
  ],
  options: {
    // Types count: a room that borrows another's types depends on it all the same.
    tsPreCompilationDeps: true,
    // No tsConfig: there are no path aliases, and with it our folder electron/ would pass for the package.
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: ['^out/', '\\.css$'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
