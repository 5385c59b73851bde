const KEY = 'keyporter.checklist'

/** Whether the checklist was started in this browser, or dismissed. */
export type ChecklistState = 'started' | 'dismissed' | undefined

/** Returns the stored state of an organization's checklist. */
export function readChecklistState(organizationId: string): ChecklistState {
  try {
    const stored = localStorage.getItem(`${KEY} ${organizationId}`)
    return stored === 'started' || stored === 'dismissed' ? stored : undefined
  } catch {
    return undefined
  }
}

export function storeChecklistState(organizationId: string, state: 'started' | 'dismissed'): void {
  try {
    localStorage.setItem(`${KEY} ${organizationId}`, state)
  } catch {
    // Storage is unavailable: the state lasts until the page is reloaded.
  }
}
