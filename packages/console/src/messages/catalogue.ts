import { IntlMessageFormat } from 'intl-messageformat'
import type { ReactNode } from 'react'
import { locale } from './locale.ts'
import { pseudo } from './pseudo.ts'

type Value = string | number | boolean | Date | null | undefined
type RichValue = Value | ReactNode | ((parts: ReactNode[]) => ReactNode)

/** The texts of a part of the console, by their keys. */
export type Texts<Key extends string> = {
  /** A text, with its arguments put in. */
  (key: Key, values?: Readonly<Record<string, Value>>): string
  /** A text with elements in it: `<b>…</b>` in the message is the function `b` of the values. */
  rich: (key: Key, values: Readonly<Record<string, RichValue>>) => ReactNode
  /** Whether there is a text under this key, such as one for each code of a list. */
  has: (key: string) => key is Key
}

/**
 * Makes the texts of a `messages.json`: ICU messages (plurals, selects, tags), written in English. The build
 * has parsed those that need it.
 */
export function catalogue<Key extends string>(messages: Readonly<Record<Key, string>>): Texts<Key> {
  const formats = new Map<Key, IntlMessageFormat>()
  const find = (key: Key): IntlMessageFormat => {
    const known = formats.get(key)
    if (known !== undefined) return known
    // Formatted as English in any case: it is English that the catalogue holds.
    const made = new IntlMessageFormat(localized(messages[key]), 'en')
    formats.set(key, made)
    return made
  }
  const text = (key: Key, values?: Readonly<Record<string, Value>>): string =>
    String(find(key).format({ ...values }))
  const rich = (key: Key, values: Readonly<Record<string, RichValue>>): ReactNode => {
    // safe because the library gives back the parts that it was given, and texts
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

/** An element of a parsed message, as far as it matters here: the library's own type is an enum of its parser. */
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

/** The build parses what has arguments or tags; in tests the texts come as they stand. */
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
  // safe because these are the library's own elements, with other texts in them
  return elements as unknown as Tree
}
