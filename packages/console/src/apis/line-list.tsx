import { Button } from '@mantine/core'
import { useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './table-editor.module.css'

const text = catalogue(messages)

const LINES_AT_FIRST = 10
const GROWTH = 10

type LineListProps = {
  readonly lines: readonly string[]
  /** Renders the lines as code. */
  readonly isCode?: boolean
}

/** A list that shows its first lines and reveals ten times as many on each press. */
export function LineList({ lines, isCode = false }: LineListProps) {
  const [shown, setShown] = useState(LINES_AT_FIRST)
  return (
    <>
      <ul className={classes.lines}>
        {lines.slice(0, shown).map((line) => (
          <li key={line}>{isCode ? <code>{line}</code> : line}</li>
        ))}
      </ul>
      {lines.length > shown && (
        <Button variant="subtle" size="compact-sm" mt={4} onClick={() => setShown(shown * GROWTH)}>
          {text('showMore', { count: lines.length - shown })}
        </Button>
      )}
    </>
  )
}
