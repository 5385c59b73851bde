/**
 * Copies the text of an element. Without the Clipboard API (plain HTTP, a frame, a denied
 * permission) selects the element and uses `execCommand`. If that fails, the element stays
 * selected for Ctrl+C. The focus does not move: a dialog's focus trap would take it from a hidden
 * field.
 *
 * @returns whether the text was copied
 */
export async function copyText(text: string, element: HTMLElement | null): Promise<boolean> {
  try {
    // Undefined in insecure contexts.
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
  // The element may show a masked or shortened text.
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
