import type { Icon as IconType } from '@tabler/icons-react'
import {
  type ButtonHTMLAttributes,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import classes from './menu.module.css'

/** Props of the menu button. */
export type MenuButtonProps = Pick<
  ButtonHTMLAttributes<HTMLButtonElement>,
  'popoverTarget' | 'aria-haspopup' | 'aria-expanded' | 'aria-controls'
> & { readonly ref: RefObject<HTMLButtonElement | null> }

type MenuProps = {
  /** Renders the button. All props must be passed on. */
  readonly button: (props: MenuButtonProps) => ReactNode
  /** {@link MenuItem}s. */
  readonly children: ReactNode
}

const GAP_PX = 4

/**
 * A menu button (ARIA APG). Arrow keys move the focus; Escape and outside clicks close the menu.
 */
export function Menu({ button, children }: MenuProps) {
  const id = useId()
  const opener = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const [isOpen, setOpen] = useState(false)
  useLayoutEffect(() => {
    if (!isOpen || list.current === null || opener.current === null) return
    place(list.current, opener.current.getBoundingClientRect())
    itemsOf(list.current)[0]?.focus()
  }, [isOpen])
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const items = itemsOf(event.currentTarget)
    const now = items.findIndex((item) => item === document.activeElement)
    const next = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: items.length - 1 }[event.key]
    if (event.key === 'Tab') list.current?.hidePopover()
    if (next === undefined) return
    event.preventDefault()
    items.at(next % items.length)?.focus()
  }
  return (
    <>
      {button({
        ref: opener,
        popoverTarget: id,
        'aria-haspopup': 'menu',
        'aria-expanded': isOpen,
        'aria-controls': isOpen ? id : undefined,
      })}
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        className={classes.menu}
        onToggle={(event) => setOpen(event.newState === 'open')}
        onKeyDown={onKeyDown}
        // Every selection closes the menu.
        onClick={() => list.current?.hidePopover()}
      >
        {isOpen && children}
      </div>
    </>
  )
}

type ItemProps = {
  readonly icon?: IconType
  readonly isDangerous?: boolean
  readonly onClick?: () => void
  /** Renders another element than a button, such as a link. */
  readonly render?: (props: {
    readonly role: 'menuitem'
    readonly className: string | undefined
    readonly tabIndex: -1
    readonly children: ReactNode
  }) => ReactNode
  readonly children: ReactNode
}

export function MenuItem({
  icon: Icon,
  isDangerous = false,
  onClick,
  render,
  children,
}: ItemProps) {
  const content = (
    <>
      {Icon && <Icon size={16} aria-hidden />}
      <span>{children}</span>
    </>
  )
  const shared = { role: 'menuitem', className: classes.item, tabIndex: -1 } as const
  if (render !== undefined) return render({ ...shared, children: content })
  return (
    <button type="button" {...shared} data-dangerous={isDangerous || undefined} onClick={onClick}>
      {content}
    </button>
  )
}

function itemsOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[role="menuitem"]')]
}

/** Places the menu below the button, aligned to its end, or above if there is not enough space. */
function place(list: HTMLElement, opener: DOMRect): void {
  const { offsetHeight: height, offsetWidth: width } = list
  const below = opener.bottom + GAP_PX
  const fits = below + height <= window.innerHeight
  const end = document.documentElement.dir === 'rtl' ? opener.left : opener.right - width
  const left = Math.min(Math.max(GAP_PX, end), window.innerWidth - width - GAP_PX)
  list.style.top = `${Math.max(GAP_PX, fits ? below : opener.top - height - GAP_PX)}px`
  list.style.left = `${left}px`
}
