import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { readText } from './sources.ts'

/** The top of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The shell lines of a document: of every block that holds one of these texts, in their order. */
export function readShellBlocks(document: string, holding: readonly string[]): string {
  const blocks = [...readText(document).matchAll(/```sh\n([\s\S]*?)```/g)].map(
    ([, block]) => block ?? '',
  )
  return blocks.filter((block) => holding.some((text) => block.includes(text))).join('')
}

/** Runs the lines one after the other in a shell and gives what each request answered, a line each. */
export async function runShellBlocks(
  script: string,
  directory: string,
): Promise<readonly string[]> {
  // Answers end without a line feed: one is written after each command that printed something.
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
