import type { KeyboardEvent } from 'react'

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** Moves the focus between checkboxes with the arrow keys and skips cells without one. */
export function moveBetweenCells(event: KeyboardEvent<HTMLTableElement>): void {
  const step = steps[event.key]
  const { target, currentTarget: table } = event
  if (step === undefined || !isBox(target) || event.ctrlKey || event.metaKey || event.altKey) return
  const cell = target.closest('td')
  const row = cell?.closest('tr')
  if (cell === null || cell === undefined || row === null || row === undefined) return
  // Also at the edge of the table, where the arrow keys would scroll the page.
  event.preventDefault()
  const [down, across] = step
  let rowIndex = row.rowIndex + down
  let cellIndex = cell.cellIndex + across
  for (;;) {
    const next = table.rows[rowIndex]?.cells[cellIndex]
    if (next === undefined) return
    const box = next.querySelector<HTMLInputElement>('input[type="checkbox"]')
    if (box !== null) return box.focus()
    rowIndex += down
    cellIndex += across
  }
}

function isBox(target: EventTarget): target is HTMLInputElement {
  return target instanceof HTMLInputElement && target.type === 'checkbox'
}
