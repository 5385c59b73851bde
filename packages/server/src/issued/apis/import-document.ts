import { Worker } from 'node:worker_threads'
import type { Input, routes } from '@keyporter/contract'
import type { PermissionMap } from '@keyporter/protocol'
import type { FieldProblem } from '../../kernel/app-error.ts'

/** The body of `POST /v1/apis/import`. */
export type ImportBody = Input<typeof routes.apis.import>['body']

/** The options of an import, without the document. */
export type ImportRequest = Omit<ImportBody, 'openapi'> & { readonly apply: boolean }

/** The result of reading a document. Problems point into the request body. */
export type ImportOutcome =
  | {
      readonly ok: true
      readonly request: ImportRequest
      readonly map: PermissionMap
      /** The title in the document. */
      readonly title?: string
      readonly servers: readonly string[]
    }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/** The limits of an import. */
export type ImportOptions = {
  /** Default: 30,000. */
  readonly timeoutMs?: number
  /** The memory for parsing, in addition to the server's. Default: 768, minimum: 64. */
  readonly memoryMegabytesMax?: number
}

/** The input of the worker. */
export type ImportTask = {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly memoryBytesMax: number
}

type Limits = { readonly timeoutMs: number; readonly memoryBytesMax: number }

/** The maximum body size: a document of 15 MB as a JSON string. */
export const IMPORT_BYTES_MAX = 20 * 1024 * 1024

const MEGABYTE = 1024 * 1024
const TIMEOUT_MS = 30_000
const MEMORY_MEGABYTES_MAX = 768
const MEMORY_MEGABYTES_MIN = 64
// Parsing needs the body as bytes, as a string, and the document as a string.
const COPIES_OF_BODY = 6
// The heap limit is above the memory that parsing may use: reaching the limit can crash the process.
const HEAP_MARGIN = 2
const STACK_MEGABYTES = 4

let queue: Promise<unknown> = Promise.resolve()

/**
 * Reads the body of `POST /v1/apis/import`: validates its fields, parses the document, and maps its permissions. Runs
 * in a worker thread, so that a document of 15 MB does not block other requests. Imports run one at a time, to
 * limit memory. `bytes` is not modified.
 *
 * Returns an outcome for every body. The promise rejects only because of a server error.
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
    return rejectBody('import_too_large', 'The body exceeds the size limit of an import.')
  }
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const outcome = queue.then(() => runWorker(bytes, { timeoutMs, memoryBytesMax }))
  queue = outcome.catch(() => undefined)
  return outcome
}

async function runWorker(bytes: Uint8Array, limits: Limits): Promise<ImportOutcome> {
  const worker = startWorker(bytes, limits.memoryBytesMax)
  try {
    return await waitForOutcome(worker, limits.timeoutMs)
  } finally {
    await worker.terminate()
  }
}

/** The worker file is next to this file in the sources, in the compiled output and in the bundle. */
function startWorker(bytes: Uint8Array, memoryBytesMax: number): Worker {
  const extension = /\.\w+$/.exec(import.meta.url)?.[0] ?? '.mjs'
  // Copy the bytes: a transfer detaches the caller's buffer, and a pooled buffer would transfer the whole pool.
  const task: ImportTask = { bytes: new Uint8Array(bytes), memoryBytesMax }
  return new Worker(new URL(`import-worker${extension}`, import.meta.url), {
    name: 'import-worker',
    workerData: task,
    transferList: [task.bytes.buffer],
    // From sources, the worker must resolve the other packages to sources too. No other flags are inherited.
    execArgv: extension === '.ts' ? ['--conditions=@keyporter/source'] : [],
    // The worker parses untrusted documents and gets no environment variables.
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
    resolve(
      rejectBody('import_timeout', `Parsing the document took longer than ${timeoutMs / 1_000} s.`),
    )
  }, timeoutMs)
  worker.once('message', resolve)
  worker.once('error', (error) => {
    if (isExhaustion(error)) {
      resolve(rejectBody('import_memory', 'The document exceeds the memory limit of an import.'))
    }
    reject(new Error('The import worker failed.', { cause: error }))
  })
  worker.once('exit', (code) => {
    reject(new Error(`The import worker exited with code ${code} without a result.`))
  })
  return promise.finally(() => clearTimeout(timer))
}

/** Whether the worker ran out of heap or stack. */
function isExhaustion(error: unknown): boolean {
  return (
    error instanceof RangeError ||
    (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
  )
}

function rejectBody(code: string, detail: string): ImportOutcome {
  return { ok: false, problems: [{ pointer: '', code, detail }] }
}
