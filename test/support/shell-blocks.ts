import { spawn } from 'node:child_process'
import { readText } from './sources.ts'

/** Returns the `sh` blocks of a document that contain one of these texts, in order. */
export function readShellBlocks(document: string, texts: readonly string[]): string {
  const blocks = [...readText(document).matchAll(/```sh\n([\s\S]*?)```/g)].map(
    ([, block]) => block ?? '',
  )
  return blocks.filter((block) => texts.some((text) => block.includes(text))).join('')
}

/** Runs the lines in a shell. Returns the lines of its output, one for each response of curl. */
export async function runShellBlocks(
  script: string,
  directory: string,
): Promise<readonly string[]> {
  // Responses do not end with a line feed, so `echo` adds one after each curl command.
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
