/**
 * Copies a text that stands in an element. Where the browser has no clipboard for us (plain HTTP, a frame, a
 * refusal), the text itself is selected and copied the old way; where that fails, it stays selected, so that
 * Ctrl+C does it. The focus stays where it is: a hidden field would be emptied by a dialog's focus trap.
 *
 * @returns whether it is in the clipboard now
 */
export async function copyText(text: string, element: HTMLElement | null): Promise<boolean> {
  try {
    // Undefined on a page that is not secure.
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return element !== null && copySelection(text, element)
  }
}

function copySelection(text: string, element: HTMLElement): boolean {
  const selection = window.getSelection()
  if (selection === null) return false
  const range = document.createRange()
  range.selectNodeContents(element)
  selection.removeAllRanges()
  selection.addRange(range)
  // What stands there may be masked or shortened: what is copied is the text.
  const put = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
  }
  document.addEventListener('copy', put)
  const copied = document.execCommand('copy')
  document.removeEventListener('copy', put)
  if (copied) selection.removeAllRanges()
  return copied
}
