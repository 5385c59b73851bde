/** Saves a stream as a download. */
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
  // The browser has started the download by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
