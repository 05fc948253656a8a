import { Fragment } from 'react'
import { pathParts, pathTitle } from './paths'

/** A path in its order, from left to right: a part that is written from right to left turns only itself. */
export function PathText({ path }: { path: string }) {
  return (
    <span dir="ltr" title={pathTitle(path)}>
      {pathParts(path).map(({ text, isSeparator }, index) => (
        <Fragment key={index}>{isSeparator ? text : <bdi>{text}</bdi>}</Fragment>
      ))}
    </span>
  )
}
