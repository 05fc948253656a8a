import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState } from '../../kit/error-state'
import { describeError } from '../../rpc/errors'

export interface ListStatesProps {
  query: Pick<UseQueryResult, 'isPending' | 'isError' | 'error' | 'isFetching'> & { refetch: () => unknown }
  /** What could not be loaded: "The celebrities could not be loaded". */
  errorTitle: string
  skeleton: ReactNode
  isEmpty: boolean
  empty: ReactNode
  children: ReactNode
}

/** A list, or what stands in its place: on its way, failed, empty. A list that is shown already outlives a failure. */
export function ListStates({ query, errorTitle, skeleton, isEmpty, empty, children }: ListStatesProps) {
  if (query.isPending) return skeleton
  if (query.isError && isEmpty) {
    return (
      <ErrorState
        title={errorTitle}
        message={describeError(query.error)}
        onRetry={() => void query.refetch()}
        isRetrying={query.isFetching}
      />
    )
  }
  return isEmpty ? empty : children
}
