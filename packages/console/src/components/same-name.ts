/**
 * Returns whether two names are equal, ignoring surrounding white space and Unicode composition
 * (NFC).
 */
export function isSameName(typed: string, name: string): boolean {
  return typed.normalize('NFC').trim() === name.normalize('NFC')
}
