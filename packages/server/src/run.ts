import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

/**
 * Serves as the command line says. The bundle keeps its compiled code beside itself: not in the system's temporary
 * directory, where others could put code of theirs. Where it may not write there, it merely starts more slowly.
 */
export async function run(host: NodeJS.Process): Promise<void> {
  const isBundle = import.meta.filename.endsWith('.mjs')
  if (isBundle) enableCompileCache(join(import.meta.dirname, '.compile-cache'))
  const { serve } = await import('./serve.ts')
  await serve(host.argv.slice(2), host)
  if (isBundle) flushCompileCache()
}
