import { Link } from '@tanstack/react-router'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './shell.module.css'

const text = catalogue(messages)

/** The product name, linked to the overview. */
export function Wordmark() {
  return (
    <Link to="/" className={classes.wordmark}>
      <img src="/favicon.svg" alt="" width="26" height="26" />
      <span>{text('product')}</span>
    </Link>
  )
}
