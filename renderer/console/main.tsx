import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '../kit/tokens.css'
import { startTheme } from '../kit/theme'
import { createClient } from '../rpc/client'
import { createConnection } from '../rpc/connection'
import { createSession } from '../rpc/session'
import { App } from './app'

startTheme()
const session = createSession('semblance-session')
const connection = createConnection(createClient(session), session)

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root.')
createRoot(root).render(
  <StrictMode>
    <App connection={connection} />
  </StrictMode>,
)
