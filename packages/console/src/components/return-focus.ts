import { useLayoutEffect, useRef } from 'react'

/** After the dialog has left the page, and the page has drawn what is new. */
const AFTER_MS = 30

/**
 * Gives the focus back to what had it before a dialog opened; to the heading of the page where that is gone,
 * such as the row of something deleted. Also when the dialog is taken out of the page while it is open.
 */
export function useReturnFocus(isOpen: boolean): void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const before = useRef<Element | null>(null)
  useLayoutEffect(() => {
    if (!isOpen) return undefined
    clearTimeout(timer.current)
    before.current = document.activeElement
    return () => {
      timer.current = setTimeout(() => giveBack(before.current), AFTER_MS)
    }
  }, [isOpen])
}

function giveBack(element: Element | null): void {
  const { activeElement } = document
  // Somebody else has taken it, such as a field with a fault.
  if (activeElement !== null && activeElement !== document.body) return
  const heading = document.querySelector('h1')
  const target = element?.isConnected === true ? element : heading
  if (target instanceof HTMLElement) target.focus({ preventScroll: target !== element })
}
