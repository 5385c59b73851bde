import { VisuallyHidden } from '@mantine/core'
import { catalogue } from '../../messages/catalogue.ts'
import classes from './detail.module.css'
import messages from './messages.json'
import type { PermissionDiff } from './permission-diff.ts'

const text = catalogue(messages)

/** Lists permission changes: "+ MESSAGE_DELETE − CONTACT_WRITE". */
export function DiffList({ added, removed }: PermissionDiff) {
  return (
    // A scrollable region must be focusable (WCAG 2.1.1).
    <ul className={classes.diff} tabIndex={0} aria-label={text('diff')}>
      {added.map((name) => (
        <li key={name} className={`mono ${classes.added}`}>
          <span aria-hidden>{text('added', { name })}</span>
          <VisuallyHidden>{text('addedHidden', { name })}</VisuallyHidden>
        </li>
      ))}
      {removed.map((name) => (
        <li key={name} className={`mono ${classes.removed}`}>
          <span aria-hidden>{text('removed', { name })}</span>
          <VisuallyHidden>{text('removedHidden', { name })}</VisuallyHidden>
        </li>
      ))}
    </ul>
  )
}
