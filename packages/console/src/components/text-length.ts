/** How long a text is as the API counts: by Unicode code points, in composed form. */
export function lengthOf(text: string): number {
  return Array.from(text.normalize('NFC')).length
}

/** A text, cut off where it is longer than that. */
export function shortenTo(max: number, text: string): string {
  return Array.from(text.normalize('NFC')).slice(0, max).join('')
}
