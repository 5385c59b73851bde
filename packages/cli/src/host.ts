/** A stream that the command line writes to. */
export type Out = {
  readonly isTTY?: boolean | undefined
  /** False when the writer should wait for `drain`. */
  readonly write: (chunk: string | Uint8Array) => boolean
  readonly once: (event: 'drain', listener: () => void) => unknown
}

/** What the command line needs of the process that it runs in. */
export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly stdout: Out
  readonly stderr: Out
}

/** Writes, and waits until there is room for more. */
export async function writeOut(out: Out, chunk: string | Uint8Array): Promise<void> {
  if (out.write(chunk)) return
  await new Promise<void>((resolve) => out.once('drain', resolve))
}

/** Everything that the standard input has. */
export async function readStdin({ stdin }: Host): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stdin) parts.push(Buffer.from(part))
  return Buffer.concat(parts).toString('utf8')
}
