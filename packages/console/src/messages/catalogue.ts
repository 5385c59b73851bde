import { IntlMessageFormat } from 'intl-messageformat'
import type { ReactNode } from 'react'
import { locale } from './locale.ts'
import { pseudo } from './pseudo.ts'

type Value = string | number | boolean | Date | null | undefined
type RichValue = Value | ReactNode | ((parts: ReactNode[]) => ReactNode)

/** Formats the messages of one catalogue by key. */
export type Texts<Key extends string> = {
  /** Returns a message as text. */
  (key: Key, values?: Readonly<Record<string, Value>>): string
  /**
   * Returns a message as React nodes. A tag `<b>…</b>` is rendered by the function `b` in
   * `values`.
   */
  rich: (key: Key, values: Readonly<Record<string, RichValue>>) => ReactNode
  /** Returns whether a key exists, for keys that are built from data. */
  has: (key: string) => key is Key
}

/**
 * Creates the formatter of a `messages.json` in ICU MessageFormat. The build parses messages with
 * arguments or tags.
 */
export function catalogue<Key extends string>(messages: Readonly<Record<Key, string>>): Texts<Key> {
  const formats = new Map<Key, IntlMessageFormat>()
  const find = (key: Key): IntlMessageFormat => {
    const known = formats.get(key)
    if (known !== undefined) return known
    // Always formatted with English rules: the messages are English, also in the pseudo-locale.
    const made = new IntlMessageFormat(localized(messages[key]), 'en')
    formats.set(key, made)
    return made
  }
  const text = (key: Key, values?: Readonly<Record<string, Value>>): string =>
    String(find(key).format({ ...values }))
  const rich = (key: Key, values: Readonly<Record<string, RichValue>>): ReactNode => {
    // safe because the library returns the given nodes and strings only
    const parts = find(key).format({ ...values } as Record<string, string>) as unknown
    return parts as ReactNode
  }
  return Object.assign(text, {
    rich,
    has: (key: string): key is Key => Object.hasOwn(messages, key),
  })
}

type Message = ConstructorParameters<typeof IntlMessageFormat>[0]
type Tree = Exclude<Message, string>

/** The used parts of a parsed message element. The library's own type is an enum of its parser. */
type Element = {
  readonly type: number
  readonly value?: string
  readonly children?: readonly Element[]
  readonly options?: Readonly<Record<string, { readonly value: readonly Element[] }>>
}

const LITERAL = 0

function localized(message: Message): Message {
  const tree = treeOf(message)
  return asMessage(locale === 'en' ? tree : tree.map(pseudoElement))
}

/** The build parses messages with arguments or tags. In tests they are parsed here. */
function treeOf(message: Message): readonly Element[] {
  if (typeof message !== 'string') return message
  if (!/[{}<']/.test(message)) return [{ type: LITERAL, value: message }]
  return IntlMessageFormat.__parse?.(message) ?? []
}

function pseudoElement(element: Element): Element {
  const { type, value, children, options } = element
  return {
    ...element,
    ...(type === LITERAL && value !== undefined ? { value: pseudo(value) } : {}),
    ...(children === undefined ? {} : { children: children.map(pseudoElement) }),
    ...(options === undefined ? {} : { options: pseudoOptions(options) }),
  }
}

function pseudoOptions(options: NonNullable<Element['options']>): Element['options'] {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      { ...option, value: option.value.map(pseudoElement) },
    ]),
  )
}

function asMessage(elements: readonly Element[]): Message {
  // safe because only the text of the library's own elements was changed
  return elements as unknown as Tree
}
