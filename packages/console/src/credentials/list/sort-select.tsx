import { NativeSelect } from '@mantine/core'
import { catalogue } from '../../messages/catalogue.ts'
import classes from './list.module.css'
import { type ListState, sorts } from './list-search.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Sorts the list in the card layout, which has no column headers. */
export function SortSelect({ state }: { readonly state: ListState }) {
  return (
    <NativeSelect
      className={classes.sort}
      aria-label={text('sort')}
      value={state.sort}
      onChange={(event) => state.change({ sort: event.currentTarget.value })}
      data={sorts.map((sort) => ({ value: sort, label: text(`sort.${sort}`) }))}
    />
  )
}
