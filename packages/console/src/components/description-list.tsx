import type { ReactNode } from 'react'
import classes from './description-list.module.css'

/** A description list of `<dt>` and `<dd>` pairs, or of rows that contain them. */
export function DescriptionList({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.list}>{children}</dl>
}
