import { buildOpenApi } from '@keyporter/sdk'
import type { Command } from 'commander'
import type { Act } from '../cli.ts'
import type { CommandContext } from '../context.ts'

/** Declares `keyporter openapi`. */
export function addOpenApi(program: Command, act: Act): void {
  program
    .command('openapi')
    .description('print the OpenAPI document of the API, without a server')
    .action(act(printOpenApi))
}

async function printOpenApi({ print, url }: CommandContext): Promise<void> {
  await print.json(buildOpenApi({ serverUrl: url.replace(/\/+$/, '') }))
}
