import { parentPort, workerData } from 'node:worker_threads'
import { readImport } from './read-import.ts'

// import-document.ts starts this worker with an ImportTask, and terminates it.
parentPort?.postMessage(readImport(workerData))
