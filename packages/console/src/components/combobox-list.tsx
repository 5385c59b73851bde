import { type RefObject, useLayoutEffect, useRef } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import classes from './combobox.module.css'
import messages from './messages.json'

const text = catalogue(messages)
const GAP_PX = 4

/** An option of a {@link Combobox}. */
export type ComboboxOption = {
  readonly value: string
  readonly label: string
  /** A second line, included in the search. */
  readonly detail?: string
}

type ComboboxListProps = {
  readonly id: string
  readonly label: string
  /** The input below which the list opens. */
  readonly field: RefObject<HTMLElement | null>
  readonly options: readonly ComboboxOption[]
  readonly value: string
  readonly active: number
  readonly hasMore: boolean
  readonly onSelect: (option: ComboboxOption) => void
}

/** The option list of a combobox, in the top layer. */
export function ComboboxList(props: ComboboxListProps) {
  const { id, label, field, options, value, active, hasMore, onSelect } = props
  const list = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    list.current?.showPopover()
  }, [])
  useLayoutEffect(() => {
    const follow = (): void => place(list.current, field.current)
    follow()
    window.addEventListener('scroll', follow, { capture: true, passive: true })
    return () => window.removeEventListener('scroll', follow, { capture: true })
  }, [field, options])
  useLayoutEffect(() => {
    list.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    // Keeps the focus in the input.
    <div
      ref={list}
      popover="manual"
      className={classes.list}
      onMouseDown={(event) => event.preventDefault()}
    >
      <div {...(options.length > 0 ? { role: 'listbox', 'aria-label': label } : {})} id={id}>
        {options.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field hears the keys for its list
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the field (aria-activedescendant)
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={option.value === value}
            data-active={index === active || undefined}
            className={classes.choice}
            onClick={() => onSelect(option)}
          >
            {option.label}
            {option.detail !== undefined && <span className={classes.detail}>{option.detail}</span>}
          </div>
        ))}
      </div>
      {options.length === 0 && <div className={classes.note}>{text('noMatches')}</div>}
      {hasMore && <div className={classes.note}>{text('moreMatches')}</div>}
    </div>
  )
}

/** Places the list below the input, or above if there is not enough space. */
function place(list: HTMLElement | null, field: HTMLElement | null): void {
  if (list === null || field === null) return
  const { left, top, bottom, width } = field.getBoundingClientRect()
  list.style.width = `${width}px`
  const height = list.offsetHeight
  const fits = bottom + GAP_PX + height <= window.innerHeight || top < height
  list.style.left = `${left}px`
  list.style.top = `${fits ? bottom + GAP_PX : top - height - GAP_PX}px`
}
