import { Select, type SelectProps } from './select'

/** One of several, or any, in a form of filters. */
export function FilterChoice<T extends string>(props: Omit<SelectProps<T>, 'isField'>) {
  return <Select isField anyLabel="Any" {...props} />
}
