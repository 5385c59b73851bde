/** Returns the length of a text as the API counts it: Unicode code points in NFC. */
export function lengthOf(text: string): number {
  return Array.from(text.normalize('NFC')).length
}

/** Truncates a text to a number of code points. */
export function shortenTo(max: number, text: string): string {
  return Array.from(text.normalize('NFC')).slice(0, max).join('')
}
