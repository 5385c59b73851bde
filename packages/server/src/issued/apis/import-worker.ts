import { parentPort, workerData } from 'node:worker_threads'
import { readImport } from './read-import.ts'

// The other side is import-document.ts, which starts this file with an ImportTask and ends it.
parentPort?.postMessage(readImport(workerData))
