import { Tabs } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'

type PageTab = { readonly name: string; readonly title: string; readonly content: ReactNode }

type PageTabsProps = {
  /** Names the list of tabs. */
  readonly label: string
  /** The page's address; a tab's is `${base}/${name}`. */
  readonly base: string
  /** The tab that the address names; the first one unless it names one of them. */
  readonly tab: string | undefined
  readonly tabs: readonly PageTab[]
}

/** The parts of a page, one at a time, each with an address of its own. */
export function PageTabs({ label, base, tab, tabs }: PageTabsProps) {
  const navigate = useNavigate()
  const current = tabs.find(({ name }) => name === tab) ?? tabs[0]
  return (
    <Tabs
      value={current?.name ?? null}
      onChange={(name) => void navigate({ to: `${base}/${name}`, resetScroll: false })}
      keepMounted={false}
      // One reads past them with the arrow keys without leaving each page behind.
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
