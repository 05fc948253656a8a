import { describe, expect, it } from 'vitest'
import { connectionsUrl, formerUrl, retryUrl } from './addresses'
import { noticePage } from './notice-page'

const failed = { phase: 'failed', message: 'Why.', mayConnect: false, former: null } as const

describe('noticePage', () => {
  it('says what is going on', () => {
    const page = noticePage({ phase: 'starting', line: 'Opening the database…' })
    expect(page).toContain('Opening the database…')
    expect(page).not.toContain(retryUrl)
  })

  it('says what went wrong, word by word and as text, and offers to try again', () => {
    const page = noticePage({ ...failed, message: `Port 47100 is <taken> & "held" by 'x'` })
    expect(page).toContain('Port 47100 is &lt;taken&gt; &amp; &quot;held&quot; by &#39;x&#39;')
    expect(page).toContain(`href="${retryUrl}"`)
    expect(page).not.toContain(connectionsUrl)
    expect(page).not.toContain(formerUrl)
  })

  it('leads to the connection where that may be to blame, and back to the one before', () => {
    const page = noticePage({ ...failed, mayConnect: true, former: 'db.example.org/<semblance>' })
    expect(page).toContain(`href="${connectionsUrl}"`)
    expect(page).toContain(`<a href="${formerUrl}">Back to db.example.org/&lt;semblance&gt;</a>`)
  })
})
