import { Button } from '@mantine/core'
import { useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './table-editor.module.css'

const text = catalogue(messages)

/** So many lines stand there at first; each press shows ten times as many. */
const LINES_AT_FIRST = 10
const GROWTH = 10

type LineListProps = {
  readonly lines: readonly string[]
  /** Whether they are names of the API. */
  readonly isCode?: boolean
}

/** A list of which the first lines stand there; the others are shown when one asks for them. */
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
