import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  redirect,
  RouterProvider,
  type SearchSchemaInput,
} from '@tanstack/react-router'
import { useState } from 'react'
import type { z } from 'zod'
import { Toaster } from '../kit/toast'
import { type Connection, ConnectionProvider } from '../rpc/connection'
import * as celebrities from './celebrities'
import * as imports from './imports'
import * as jobs from './jobs'
import * as matches from './matches'
import * as models from './models'
import * as overview from './overview'
import * as people from './people'
import * as servers from './servers'
import * as settings from './settings'
import { parseFilters } from './shell/filters'
import { Gate } from './shell/gate'
import { NotFound, ScreenFailed } from './shell/screen-states'
import { Shell } from './shell/shell'

interface ScreenModule<Schema extends z.ZodObject> {
  Screen: () => React.ReactNode
  searchSchema: Schema
}

/** The screens by their path. Hash history, so that addresses work under `app:` as over HTTP. */
function createConsoleRouter() {
  const root = createRootRoute({
    component: Shell,
    notFoundComponent: NotFound,
    errorComponent: ScreenFailed,
  })
  const screen = <Path extends string, Schema extends z.ZodObject>(
    path: Path,
    { Screen, searchSchema }: ScreenModule<Schema>,
  ) =>
    createRoute({
      getParentRoute: () => root,
      path,
      component: Screen,
      validateSearch: (raw: z.input<Schema> & SearchSchemaInput): z.output<Schema> =>
        parseFilters(searchSchema, raw),
    })
  const start = createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      redirect({ to: '/overview', replace: true, throw: true })
    },
  })
  return createRouter({
    history: createHashHistory(),
    defaultErrorComponent: ScreenFailed,
    routeTree: root.addChildren([
      start,
      screen('/overview', overview),
      screen('/people', people),
      screen('/celebrities', celebrities),
      screen('/imports', imports),
      screen('/matches', matches),
      screen('/jobs', jobs),
      screen('/models', models),
      screen('/settings', settings),
      screen('/connections', servers),
    ]),
  })
}

// Links that lead to no screen, or to a screen with a search that it does not read, are errors of type.
declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}

/** The staff console: who may come in is decided first, then the screens. */
export function App({ connection }: { connection: Connection }) {
  const [router] = useState(createConsoleRouter)
  return (
    <ConnectionProvider connection={connection}>
      <Gate>
        <RouterProvider router={router} />
      </Gate>
      <Toaster />
    </ConnectionProvider>
  )
}
