/** Has the browser save what a server sends, under a name, as if it had been a link. */
export async function saveFile(
  stream: ReadableStream<Uint8Array>,
  { name, mediaType }: { readonly name: string; readonly mediaType: string },
): Promise<void> {
  const blob = await new Response(stream, { headers: { 'content-type': mediaType } }).blob()
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
