import { NativeSelect } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { catalogue } from '../../messages/catalogue.ts'
import { warningName } from '../status-badge.tsx'
import { type Counts, countOfView } from './credentials-query.ts'
import classes from './list.module.css'
import {
  type ListSearch,
  type ListState,
  searchOfView,
  type View,
  views,
  warningOf,
} from './list-search.ts'
import messages from './messages.json'

const text = catalogue(messages)

type StatusLinksProps = {
  readonly state: ListState
  /** Undefined while loading. */
  readonly counts: Counts | undefined
}

/** Links to the views of the list; a select on small screens. */
export function StatusLinks({ state, counts }: StatusLinksProps) {
  const countOf = (view: View) => (counts === undefined ? undefined : countOfView(view, counts))
  return (
    <>
      <NativeSelect
        hiddenFrom="md"
        label={text('status')}
        value={state.view}
        onChange={(event) => {
          const view = views.find((known) => known === event.currentTarget.value)
          state.change(searchOfView(view ?? 'current'))
        }}
        data={views.map((value) => ({ value, label: labelOf(value, countOf(value)) }))}
      />
      <nav aria-label={text('status')} className={classes.views}>
        <ul className={classes.links}>
          {views.map((view) => (
            <li key={view}>
              <FilterLink
                search={searchOfView(view)}
                isCurrent={state.view === view}
                label={text(`view.${view}`)}
                count={countOf(view)}
              />
            </li>
          ))}
        </ul>
      </nav>
      {state.view === 'warnings' && <WarningLinks state={state} counts={counts} />}
    </>
  )
}

const warnings = ['any', 'expiring_soon', 'never_used', 'unused', 'rejected_requests'] as const

function WarningLinks({ state, counts }: StatusLinksProps) {
  const current = warningOf(state.search.warning)
  return (
    <nav aria-label={text('warnings')}>
      <ul className={classes.links}>
        {warnings.map((warning) => (
          <li key={warning}>
            <FilterLink
              search={{ status: undefined, warning }}
              isCurrent={current === warning}
              label={warning === 'any' ? text('warning.any') : warningName(warning)}
              count={counts?.warningCounts[warning]}
            />
          </li>
        ))}
      </ul>
    </nav>
  )
}

type FilterLinkProps = {
  readonly search: ListSearch
  readonly isCurrent: boolean
  readonly label: string
  readonly count: number | undefined
}

function FilterLink({ search, isCurrent, label, count }: FilterLinkProps) {
  return (
    <Link
      to="."
      search={(before: Record<string, unknown>) => ({
        ...before,
        ...search,
        cursor: undefined,
        page: undefined,
      })}
      resetScroll={false}
      className={classes.link}
      data-current={isCurrent || undefined}
      aria-current={isCurrent ? 'true' : undefined}
    >
      {label}
      {count !== undefined && <span className={classes.count}>{count}</span>}
    </Link>
  )
}

function labelOf(view: View, count: number | undefined): string {
  const name = text(`view.${view}`)
  return count === undefined ? name : text('viewCount', { view: name, count })
}
