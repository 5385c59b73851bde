/** Whether a name was typed as it stands: white space around it, and how its accents are composed, count for nothing. */
export function isSameName(typed: string, name: string): boolean {
  return typed.normalize('NFC').trim() === name.normalize('NFC')
}
