import { serve } from './serve.ts'

// The only file that touches the process itself.
await serve(process.argv.slice(2), process)
