import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { Readable } from 'node:stream'
import { type Host, runCli } from 'keyporter'

/**
 * A transcript contains commands with their expected output:
 *
 *     $ keyporter credentials show {id} < input.txt     a command; NAME=value may precede it
 *     id<TAB>{id}                                       its standard output
 *     ! a message                                       its standard error
 *     [3]                                               its exit code, unless 0
 *
 * `{name}` matches any text the first time, and the same text afterwards. `{*}` matches anything. A
 * line of three dots matches any number of lines. `$ cat file`, `$ mode file`, `$ write file` (the
 * following lines are the text) and `$ edit file from to` work on the transcript's folder. Lines
 * that begin with # are comments.
 */
export type Step = {
  readonly line: number
  readonly command: string
  readonly expected: readonly string[]
}

/** The output and exit code of a command. */
type Outcome = { readonly stdout: string; readonly stderr: string; readonly exitCode: number }

/** Reads the steps of a transcript. */
export function readTranscript(path: string): readonly Step[] {
  const steps: { line: number; command: string; expected: string[] }[] = []
  for (const [index, text] of readFileSync(path, 'utf8').split('\n').entries()) {
    if (text.startsWith('#')) continue
    if (text.startsWith('$ ')) {
      steps.push({ line: index + 1, command: text.slice(2), expected: [] })
    } else if (text !== '') {
      steps.at(-1)?.expected.push(text)
    }
  }
  return steps
}

/** Runs the steps of one transcript in order, in its own folder. */
export type Player = {
  /** Returns the expected and the actual output, as two texts to compare. */
  readonly play: (step: Step) => Promise<{ readonly expected: string; readonly found: string }>
  readonly close: () => void
}

/** Creates a player. `variables` are defined from the start. */
export function createPlayer(
  env: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Player {
  const folder = mkdtempSync(join(tmpdir(), 'keyporter-transcript-'))
  const known = new Map(Object.entries(variables))
  return {
    play: async ({ command, expected }) => {
      const filled = fill(command, known)
      const outcome = filled.startsWith('write ')
        ? write(
            folder,
            filled,
            expected.map((line) => fill(line, known)),
          )
        : await runCommand(folder, filled, env)
      const shown = show(outcome)
      const wanted = filled.startsWith('write ') ? [] : expected
      return { expected: compare(wanted, shown, known), found: shown.join('\n') }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/**
 * Returns the expected text with each placeholder replaced by the text that it matches. Equal to
 * the actual text on success.
 */
function compare(
  expected: readonly string[],
  found: readonly string[],
  known: Map<string, string>,
): string {
  const result: string[] = []
  let at = 0
  for (const [index, line] of expected.entries()) {
    if (line !== '...') {
      result.push(match(line, found[at], known) ?? fill(line, known))
      at += 1
      continue
    }
    const next = expected[index + 1]
    while (at < found.length && !endsGap(next, found[at], known)) {
      result.push(found[at] ?? '')
      at += 1
    }
  }
  return result.join('\n')
}

/** Three dots match up to the next expected line, and never match the exit code. */
function endsGap(
  next: string | undefined,
  found: string | undefined,
  known: ReadonlyMap<string, string>,
): boolean {
  if (/^\[\d+\]$/.test(found ?? '')) return true
  return next !== undefined && match(next, found, new Map(known)) !== undefined
}

/** Returns the text if it matches the pattern, and records the values of the placeholders. */
function match(
  pattern: string,
  found: string | undefined,
  known: Map<string, string>,
): string | undefined {
  const names: string[] = []
  const source = fill(pattern, known)
    .split(/(\{[\w*]+\})/)
    .map((part) => {
      const name = /^\{([\w*]+)\}$/.exec(part)?.[1]
      if (name === undefined) return part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')
      names.push(name)
      return name === '*' ? '(.*)' : '(\\S+)'
    })
    .join('')
  const matched = found === undefined ? null : new RegExp(`^${source}$`).exec(found)
  if (matched === null) return undefined
  for (const [index, name] of names.entries())
    if (name !== '*') known.set(name, matched[index + 1] ?? '')
  return found
}

function fill(text: string, known: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => known.get(name) ?? whole)
}

function show({ stdout, stderr, exitCode }: Outcome): string[] {
  const lines = (text: string): string[] =>
    text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  return [
    ...lines(stdout).filter((line) => line !== ''),
    ...lines(stderr)
      .filter((line) => line !== '')
      .map((line) => `! ${line}`),
    ...(exitCode === 0 ? [] : [`[${exitCode}]`]),
  ]
}

async function runCommand(
  folder: string,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const words = splitWords(command)
  const own: Record<string, string> = { ...env }
  while (/^\w+=/.test(words[0] ?? '')) {
    const [name = '', ...value] = (words.shift() ?? '').split('=')
    own[name] = value.join('=')
  }
  const [program = '', ...args] = words
  if (program !== 'keyporter') return runFileCommand(folder, program, args)
  const input = args.at(-2) === '<' ? readFileSync(join(folder, args.at(-1) ?? ''), 'utf8') : ''
  const rest = args.at(-2) === '<' ? args.slice(0, -2) : args
  return run(
    rest.map((word, index) => (namesFile(rest[index - 1], word) ? join(folder, word) : word)),
    own,
    input,
  )
}

/** File names in commands are relative to the transcript's folder. */
function namesFile(before: string | undefined, word: string): boolean {
  const options = [
    '--file',
    '--output',
    '--output-env',
    '--secret-file',
    '--credential-file',
    '--input',
  ]
  if (isAbsolute(word) || word === '-' || word.startsWith('{')) return false
  return options.includes(before ?? '') || before === 'import'
}

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input: string,
): Promise<Outcome> {
  const written = { stdout: '', stderr: '' }
  const out = (name: keyof typeof written): Host['stdout'] => ({
    write: (chunk) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
      return true
    },
    once: () => undefined,
  })
  const stdin = Readable.from([Buffer.from(input)])
  const exitCode = await runCli(args, { env, stdin, stdout: out('stdout'), stderr: out('stderr') })
  return { ...written, exitCode }
}

function runFileCommand(folder: string, program: string, args: readonly string[]): Outcome {
  const [name = '', from = '', to = ''] = args
  const path = join(folder, name)
  if (program === 'cat') return { stdout: readFileSync(path, 'utf8'), stderr: '', exitCode: 0 }
  if (program === 'mode') {
    return { stdout: (statSync(path).mode & 0o777).toString(8), stderr: '', exitCode: 0 }
  }
  if (program !== 'edit') throw new Error(`unknown transcript command: ${program}`)
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(from, to))
  return { stdout: '', stderr: '', exitCode: 0 }
}

function write(folder: string, command: string, text: readonly string[]): Outcome {
  const path = join(folder, command.slice('write '.length))
  writeFileSync(path, `${text.join('\n')}\n`)
  chmodSync(path, 0o600)
  return { stdout: '', stderr: '', exitCode: 0 }
}

/** Splits words as a shell does, with single and double quotes. */
function splitWords(text: string): string[] {
  const words = text.matchAll(/((?:[^\s"']+|"[^"]*"|'[^']*')+)/g)
  return [...words].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}
