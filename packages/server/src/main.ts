import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

// The only file that touches the process itself. The bundle keeps its compiled code beside itself: not in
// the system's temporary directory, where others could put code of theirs. Where it may not write there,
// it merely starts more slowly.
const isBundle = import.meta.filename.endsWith('.mjs')
if (isBundle) enableCompileCache(join(import.meta.dirname, '.compile-cache'))
const { serve } = await import('./serve.ts')
await serve(process.argv.slice(2), process)
if (isBundle) flushCompileCache()
