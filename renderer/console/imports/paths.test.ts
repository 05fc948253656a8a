import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { PathText } from './path-text'
import { pathTitle } from './paths'

const markup = (path: string) =>
  renderToStaticMarkup(createElement(PathText, { path })).replace(/ title="[^"]*"/, '')

describe('a path whose folders are written from right to left', () => {
  it('keeps its order', () => {
    expect(markup('لينا/1.jpg')).toBe('<span dir="ltr"><bdi>لينا</bdi>/<bdi>1</bdi>.jpg</span>')
    expect(markup('/a/b')).toBe('<span dir="ltr">/<bdi>a</bdi>/<bdi>b</bdi></span>')
    expect(markup('C:\\צילום\\1.jpg')).toBe(
      '<span dir="ltr"><bdi>C:</bdi>\\<bdi>צילום</bdi>\\<bdi>1</bdi>.jpg</span>',
    )
  })

  it('keeps it in a title as well', () => {
    expect(pathTitle('لينا/1.jpg')).toBe('\u2066\u2068لينا\u2069/\u20681\u2069.jpg\u2069')
  })
})
