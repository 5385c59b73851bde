/** Returns the options that contain every word of the input, ignoring case. */
export function filterOptions<C extends { readonly label: string; readonly detail?: string }>(
  choices: readonly C[],
  typed: string,
): readonly C[] {
  const words = typed.toLowerCase().split(/\s+/)
  return choices.filter(({ label, detail = '' }) => {
    const searched = `${label} ${detail}`.toLowerCase()
    return words.every((word) => searched.includes(word))
  })
}
