import { Worker } from 'node:worker_threads'
import type { Input, routes } from '@keyporter/contract'
import type { PermissionMap } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'

/** The body of `POST /v1/apis/import`. */
export type ImportBody = Input<typeof routes.apis.import>['body']

/** What an import asks for beside the document itself. */
export type ImportRequest = Omit<ImportBody, 'openapi'> & { readonly apply: boolean }

/** What an import would bring, or why it cannot be. Problems point into the request's body. */
export type ImportOutcome =
  | {
      readonly ok: true
      readonly request: ImportRequest
      readonly map: PermissionMap
      /** The document's own title. */
      readonly title?: string
      readonly servers: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/** Bounds of one import. */
export type ImportOptions = {
  /** 30,000 unless told. */
  readonly timeoutMs?: number
  /** What parsing may take beside the server's own memory: 768 unless told, at least 64. */
  readonly memoryMegabytesMax?: number
}

/** What the worker is told. */
export type ImportTask = {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly memoryBytesMax: number
}

type Bounds = { readonly timeoutMs: number; readonly memoryBytesMax: number }

/** The longest body that is read: room for a document of 15 MB as text within JSON. */
export const IMPORT_BYTES_MAX = 20 * 1024 * 1024

const MEGABYTE = 1024 * 1024
const TIMEOUT_MS = 30_000
const MEMORY_MEGABYTES_MAX = 768
const MEMORY_MEGABYTES_MIN = 64
// The body as bytes, as text, and the document's text within it.
const COPIES_OF_BODY = 6
// Above what parsing is allowed to reckon with: a heap that hits its limit may end the process.
const HEAP_MARGIN = 2
const STACK_MEGABYTES = 4

let turn: Promise<unknown> = Promise.resolve()

/**
 * Reads the body of `POST /v1/apis/import`: checks its fields, parses the document, maps its
 * permissions. All of it happens in a worker of its own, so that a document of 15 MB keeps nobody
 * waiting; one import after the other, so that memory is needed once. The bytes are left as they are.
 *
 * Whatever the body holds, the answer is an outcome. A rejection is a fault of ours.
 */
export async function importDocument(
  bytes: Uint8Array,
  options: ImportOptions = {},
): Promise<ImportOutcome> {
  const megabytes = Math.max(
    options.memoryMegabytesMax ?? MEMORY_MEGABYTES_MAX,
    MEMORY_MEGABYTES_MIN,
  )
  const memoryBytesMax = megabytes * MEGABYTE
  if (bytes.length > IMPORT_BYTES_MAX || bytes.length * COPIES_OF_BODY > memoryBytesMax) {
    return refuse('import_too_large', 'The body is larger than what an import reads.')
  }
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const outcome = turn.then(() => runWorker(bytes, { timeoutMs, memoryBytesMax }))
  turn = outcome.catch(() => undefined)
  return outcome
}

async function runWorker(bytes: Uint8Array, bounds: Bounds): Promise<ImportOutcome> {
  const worker = startWorker(bytes, bounds.memoryBytesMax)
  try {
    return await waitForOutcome(worker, bounds.timeoutMs)
  } finally {
    await worker.terminate()
  }
}

/** The worker lies beside this file in every form of the product: source, compiled, bundle. */
function startWorker(bytes: Uint8Array, memoryBytesMax: number): Worker {
  const extension = /\.\w+$/.exec(import.meta.url)?.[0] ?? '.mjs'
  // Of a pooled buffer all of the pool would be sent, and the caller's must not be taken away.
  const task: ImportTask = { bytes: new Uint8Array(bytes), memoryBytesMax }
  return new Worker(new URL(`import-worker${extension}`, import.meta.url), {
    name: 'import-worker',
    workerData: task,
    transferList: [task.bytes.buffer],
    // Sources find the sources of the other packages; nothing else of our own start is passed on.
    execArgv: extension === '.ts' ? ['--conditions=@keyporter/source'] : [],
    // A parser of strangers' documents needs none of our settings.
    env: {},
    resourceLimits: {
      maxOldGenerationSizeMb: Math.ceil((memoryBytesMax * HEAP_MARGIN) / MEGABYTE),
      stackSizeMb: STACK_MEGABYTES,
    },
  })
}

async function waitForOutcome(worker: Worker, timeoutMs: number): Promise<ImportOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportOutcome>()
  const timer = setTimeout(() => {
    resolve(refuse('import_timeout', 'The document takes too long to read.'))
  }, timeoutMs)
  worker.once('message', resolve)
  worker.once('error', (error) => {
    if (isExhaustion(error)) {
      resolve(refuse('import_memory', 'The document needs more memory than an import has.'))
    }
    reject(new Error('The import worker failed.', { cause: error }))
  })
  worker.once('exit', (code) => {
    reject(new Error(`The import worker ended with ${code} and without an answer.`))
  })
  return promise.finally(() => clearTimeout(timer))
}

/** The heap is full, or the stack. */
function isExhaustion(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
  )
}

function refuse(code: string, detail: string): ImportOutcome {
  return { ok: false, problems: [{ pointer: '', code, detail }] }
}
