import { useLayoutEffect, useRef } from 'react'

/** Runs after the dialog is removed and the page is rendered. */
const AFTER_MS = 30

/**
 * Returns the focus to the element that had it before a dialog opened. If that element is gone,
 * such as a deleted row, the page heading receives the focus. Also works if the dialog is
 * unmounted while open.
 */
export function useReturnFocus(isOpen: boolean): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const before = useRef<Element | null>(null)
  useLayoutEffect(() => {
    if (!isOpen) return undefined
    clearTimeout(timer.current)
    before.current = document.activeElement
    return () => {
      timer.current = setTimeout(() => restoreFocus(before.current), AFTER_MS)
    }
  }, [isOpen])
}

function restoreFocus(element: Element | null): void {
  const { activeElement } = document
  // Another element has already taken the focus, such as an invalid field.
  if (activeElement !== null && activeElement !== document.body) return
  const heading = document.querySelector('h1')
  const target = element?.isConnected === true ? element : heading
  if (target instanceof HTMLElement) target.focus({ preventScroll: target !== element })
}
