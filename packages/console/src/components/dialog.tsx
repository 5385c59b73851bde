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
  /**
   * Called on Escape, backdrop click and the close button. The parent closes the dialog through
   * `opened`.
   */
  readonly onClose: () => void
  readonly title: ReactNode
  readonly size?: 'sm' | 'md' | 'lg' | 'xl'
  /** `alertdialog` for dialogs that require a response (ARIA APG). */
  readonly role?: 'dialog' | 'alertdialog'
  /** The id of the element that describes the dialog. */
  readonly describedBy?: string
  readonly withCloseButton?: boolean
  readonly closeOnEscape?: boolean
  readonly closeOnClickOutside?: boolean
  readonly children: ReactNode
}

/**
 * A modal dialog based on `<dialog>`. Full screen on small screens. The initial focus is on the
 * element with `data-autofocus`, otherwise on the title; on close it returns to the previous
 * element.
 */
export function Dialog({ opened, ...rest }: DialogProps) {
  return opened ? <OpenDialog {...rest} /> : null
}

function OpenDialog(props: Omit<DialogProps, 'opened'>) {
  const { onClose, title, size = 'md', role = 'dialog', describedBy, children } = props
  const { withCloseButton = true, closeOnEscape = true, closeOnClickOutside = true } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Must run before the layout effect below, which moves the focus.
  useReturnFocus(true)
  // A layout effect closes the dialog while it is still in the document. Only then does the
  // browser restore the focus synchronously, before the next key press.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    const first = element?.querySelector<HTMLElement>('[data-autofocus]')
    const heading = element?.querySelector<HTMLElement>('h2')
    ;(first ?? heading)?.focus()
    return () => element?.close()
  }, [])
  // The browser's default handling would close the dialog without calling `onClose`.
  const onKeyDown = (
    event: Pick<KeyboardEvent, 'key' | 'defaultPrevented' | 'preventDefault' | 'stopPropagation'>,
  ): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    event.stopPropagation()
    if (closeOnEscape) onClose()
  }
  // If the focused element was removed, the key event is dispatched to the body.
  useEffect(() => {
    const onBodyKeyDown = (event: globalThis.KeyboardEvent): void => {
      const top = [...document.querySelectorAll('dialog:modal')].at(-1)
      if (event.target === document.body && top === dialog.current) onKeyDown(event)
    }
    document.addEventListener('keydown', onBodyKeyDown)
    return () => document.removeEventListener('keydown', onBodyKeyDown)
  })
  const onMouseDown = (event: MouseEvent): void => {
    // The content is in one child element, so the dialog itself is the target only for the
    // backdrop.
    if (event.target === dialog.current && closeOnClickOutside) onClose()
  }
  return (
    <dialog
      ref={dialog}
      // React events of nested dialogs bubble to this handler, which stops them.
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
