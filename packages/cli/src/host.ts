/** An output stream. */
export type OutputStream = {
  readonly isTTY?: boolean | undefined
  /** Returns false when the writer must wait for `drain`. */
  readonly write: (chunk: string | Uint8Array) => boolean
  readonly once: (event: 'drain', listener: () => void) => unknown
}

/** The parts of the process that the command line uses. */
export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}

/** Writes a chunk, and waits for `drain` if the buffer is full. */
export async function writeOut(out: OutputStream, chunk: string | Uint8Array): Promise<void> {
  if (out.write(chunk)) return
  await new Promise<void>((resolve) => out.once('drain', resolve))
}

/** Reads standard input to its end. */
export async function readStdin({ stdin }: Host): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stdin) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}
