import type { ReactNode } from 'react'
import classes from './description-list.module.css'

/** What there is to know of a thing: pairs of `<dt>` and `<dd>`, or rows of its own that hold them. */
export function DescriptionList({ children }: { readonly children: ReactNode }) {
  return <dl className={classes.facts}>{children}</dl>
}
