/** Downloads a text as a file. */
export function saveFile(name: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // Revoked after the download has started, so that the secret does not stay in memory.
  setTimeout(() => URL.revokeObjectURL(address), 1_000)
}

/** Returns the file name for a credential, for example `keyporter-zeus.env`. */
export function envFileName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((part) => part !== '')
    .join('-')
  return plain === '' ? 'keyporter.env' : `keyporter-${plain}.env`
}
