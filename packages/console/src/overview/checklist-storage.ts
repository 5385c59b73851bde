const KEY = 'keyporter.checklist'

/** Whether the checklist was begun in this browser, or hidden when it was done. */
export type ChecklistState = 'started' | 'dismissed' | undefined

/** What this browser remembers about an organization’s checklist. */
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
    // No storage here: it is remembered for as long as the page stays.
  }
}
