import { CloseButton, Title } from '@mantine/core'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
} from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { Announcer } from './announcer.tsx'
import classes from './dialog.module.css'
import { ErrorBoundary } from './error-boundary.tsx'
import messages from './messages.json'
import { useReturnFocus } from './return-focus.ts'

const text = catalogue(messages)

type DialogProps = {
  readonly opened: boolean
  /** Asked for by Escape, the backdrop and the close button; the dialog is closed when `opened` says so. */
  readonly onClose: () => void
  readonly title: ReactNode
  readonly size?: 'sm' | 'md' | 'lg' | 'xl'
  /** `alertdialog` for what must be answered (ARIA APG). */
  readonly role?: 'dialog' | 'alertdialog'
  /** The id of what describes it. */
  readonly describedBy?: string
  readonly withCloseButton?: boolean
  readonly closeOnEscape?: boolean
  readonly closeOnClickOutside?: boolean
  readonly children: ReactNode
}

/**
 * A dialog: the browser's own, which keeps the focus in, everything else out, and lies above all. The whole
 * screen where that is small. The focus starts at `data-autofocus`, else at the title, and goes back to where it
 * came from.
 */
export function Dialog({ opened, ...rest }: DialogProps) {
  return opened ? <OpenDialog {...rest} /> : null
}

function OpenDialog(props: Omit<DialogProps, 'opened'>) {
  const { onClose, title, size = 'md', role = 'dialog', describedBy, children } = props
  const { withCloseButton = true, closeOnEscape = true, closeOnClickOutside = true } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Before the next effect, which takes the focus.
  useReturnFocus(true)
  // Before the browser paints, and above all closed while it is still in the page: only then does the browser
  // give the focus back at once, and a key that is pressed next finds its dialog.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    const first = element?.querySelector<HTMLElement>('[data-autofocus]')
    const heading = element?.querySelector<HTMLElement>('h2')
    ;(first ?? heading)?.focus()
    return () => element?.close()
  }, [])
  // The browser's own way to close would pass by whoever has to be asked first.
  const onKeyDown = (
    event: Pick<KeyboardEvent, 'key' | 'defaultPrevented' | 'preventDefault' | 'stopPropagation'>,
  ): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    event.stopPropagation()
    if (closeOnEscape) onClose()
  }
  // What had the focus may have left the page: then the body hears the key, and no dialog.
  useEffect(() => {
    const onBodyKeyDown = (event: globalThis.KeyboardEvent): void => {
      const top = [...document.querySelectorAll('dialog:modal')].at(-1)
      if (event.target === document.body && top === dialog.current) onKeyDown(event)
    }
    document.addEventListener('keydown', onBodyKeyDown)
    return () => document.removeEventListener('keydown', onBodyKeyDown)
  })
  const onMouseDown = (event: MouseEvent): void => {
    // What lies in the dialog is within its one child: the dialog itself is its backdrop.
    if (event.target === dialog.current && closeOnClickOutside) onClose()
  }
  return (
    <dialog
      ref={dialog}
      // A dialog inside another is the child of React, too: what it hears is its own.
      onKeyDown={onKeyDown}
      onMouseDown={onMouseDown}
      onCancel={(event) => event.preventDefault()}
      role={role}
      aria-modal="true"
      aria-labelledby={titleId}
      aria-describedby={describedBy}
      className={classes.dialog}
      data-size={size}
    >
      <div className={classes.content}>
        <div className={classes.head}>
          <Title order={2} id={titleId} tabIndex={-1} className={classes.title}>
            {title}
          </Title>
          {withCloseButton && <CloseButton aria-label={text('close')} onClick={onClose} />}
        </div>
        <ErrorBoundary>{children}</ErrorBoundary>
      </div>
      <Announcer />
    </dialog>
  )
}
