/** The text without the slashes at its end, however many they are: in a time that is proportional to it. */
export function trimSlashes(text: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === '/') end -= 1
  return text.slice(0, end)
}
