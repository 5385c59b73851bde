import { Tabs } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'

type PageTab = { readonly name: string; readonly title: string; readonly content: ReactNode }

type PageTabsProps = {
  /** Accessible name of the tab list. */
  readonly label: string
  /** The page's path. A tab's path is `${base}/${name}`. */
  readonly base: string
  /** The selected tab. The first tab if undefined or unknown. */
  readonly tab: string | undefined
  readonly tabs: readonly PageTab[]
}

/** Tabs, each with its own URL. */
export function PageTabs({ label, base, tab, tabs }: PageTabsProps) {
  const navigate = useNavigate()
  const current = tabs.find(({ name }) => name === tab) ?? tabs[0]
  return (
    <Tabs
      value={current?.name ?? null}
      onChange={(name) => void navigate({ to: `${base}/${name}`, resetScroll: false })}
      keepMounted={false}
      // Arrow keys move through the tabs without adding history entries.
      activateTabWithKeyboard={false}
    >
      <Tabs.List aria-label={label} mb="lg">
        {tabs.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map(({ name, content }) => (
        <Tabs.Panel key={name} value={name}>
          {content}
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
