import { describe, expect, it } from 'vitest'
import { retryUrl } from './addresses'
import { noticePage } from './notice-page'

describe('noticePage', () => {
  it('says what is going on', () => {
    const page = noticePage({ phase: 'starting', line: 'Opening the database…' })
    expect(page).toContain('Opening the database…')
    expect(page).not.toContain(retryUrl)
  })

  it('says what went wrong, word by word and as text, and offers to try again', () => {
    const page = noticePage({ phase: 'failed', message: `Port 47100 is <taken> & "held" by 'x'` })
    expect(page).toContain('Port 47100 is &lt;taken&gt; &amp; &quot;held&quot; by &#39;x&#39;')
    expect(page).toContain(`href="${retryUrl}"`)
  })
})
