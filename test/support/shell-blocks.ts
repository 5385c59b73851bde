import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readText } from './sources.ts'

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Returns the `sh` blocks of a document that contain one of these texts, in order. */
export function readShellBlocks(document: string, holding: readonly string[]): string {
  const blocks = [...readText(document).matchAll(/```sh\n([\s\S]*?)```/g)].map(
    ([, block]) => block ?? '',
  )
  return blocks.filter((block) => holding.some((text) => block.includes(text))).join('')
}

/** Runs the lines in a shell. Returns the response to each request, one line each. */
export async function runShellBlocks(
  script: string,
  directory: string,
): Promise<readonly string[]> {
  // Responses end without a line feed, so a line feed follows each command that prints one.
  const lines = script
    .split('\n')
    .map((line) => (line.startsWith('curl') && !line.includes(' -o ') ? `${line}; echo` : line))
  const child = spawn('sh', ['-e', '-c', lines.join('\n')], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (part: string) => {
    text += part
  })
  await new Promise((resolve) => child.once('close', resolve))
  return text.split('\n').filter((line) => line !== '')
}
