import { useQuery } from '@tanstack/react-query'
import { useApi } from '../../rpc/connection'
import { undoneWords } from './undone-words'

/** How much of an import an undo has taken back; the database knows, so without it there are no figures. */
export function UndoneLine({ id }: { id: string }) {
  const { data } = useQuery(useApi().imports.published.queryOptions())
  const of = data?.find((one) => one.id === id)
  return <>{of ? `${undoneWords(of)}.` : 'What it published was taken back.'}</>
}
