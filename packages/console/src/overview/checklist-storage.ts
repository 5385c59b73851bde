const KEY = 'keyporter.checklist'

/** Whether the checklist was started in this browser, or dismissed. */
export type ChecklistState = 'started' | 'dismissed' | undefined

/** Returns the stored state of an organization's checklist. */
export function readChecklistState(organizationId: string): ChecklistState {
  try {
    const kept = localStorage.getItem(`${KEY} ${organizationId}`)
    return kept === 'started' || kept === 'dismissed' ? kept : undefined
  } catch {
    return undefined
  }
}

export function storeChecklistState(organizationId: string, memory: 'started' | 'dismissed'): void {
  try {
    localStorage.setItem(`${KEY} ${organizationId}`, memory)
  } catch {
    // Storage is unavailable: the state lasts until the page is reloaded.
  }
}
