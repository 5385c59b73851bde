/** How a name is searched and sorted, alike on both engines: its letters' case does not count. */
export function nameKeyOf(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
