import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished, type TestContext } from 'vitest'
import { runJsonProgram, runProgram } from './external-program.ts'
import { requireSystemPackage } from './system-packages.ts'

const NAMESPACES = ['--mount', '--net']

/**
 * Adds the addresses to the loopback device of the namespace, and configures programs to use the
 * DNS server at port 53 of loopback.
 */
const SET_UP = `
directory="$1"; addresses="$2"; shift 2
mount --bind "$directory/resolv.conf" /etc/resolv.conf
mount --bind "$directory/nsswitch.conf" /etc/nsswitch.conf
ip link set lo up
for address in $addresses; do ip address add "$address" dev lo; done
exec "$@"
`

/** A network namespace without external routes, in which any address can be a local one. */
export type NetworkNamespace = {
  readonly directory: string
  /** Runs a program of the repository in the namespace, JSON in and JSON out. */
  readonly run: <T>(program: string, input: unknown) => Promise<T>
}

/** Creates a Linux network namespace. Skips the test with the reason where that is not allowed. */
export async function openNetworkNamespace(
  ctx: TestContext,
  addresses: readonly string[],
): Promise<NetworkNamespace> {
  ctx.skip(process.platform !== 'linux', 'network namespaces require Linux')
  requireSystemPackage(ctx, 'iproute2')
  const unshare = await findUnshareArguments(ctx)
  const directory = mkdtempSync(join(tmpdir(), 'keyporter-network-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  writeFileSync(join(directory, 'resolv.conf'), 'nameserver 127.0.0.1\n')
  writeFileSync(join(directory, 'nsswitch.conf'), 'hosts: files dns\n')
  const setUp = [...unshare, 'sh', '-ec', SET_UP, 'sh', directory, addresses.join(' ')]
  return {
    directory,
    run: async (program, input) => {
      const command = [process.execPath, '--conditions=@keyporter/source', program]
      return runJsonProgram('unshare', { args: [...setUp, ...command], input })
    },
  }
}

/** Returns the arguments of `unshare`, as root or as root of a user namespace. */
async function findUnshareArguments(ctx: TestContext): Promise<readonly string[]> {
  const argumentLists = [NAMESPACES, ['--map-root-user', ...NAMESPACES]]
  let reason = ''
  for (const args of argumentLists) {
    const { code, stderr } = await runProgram('unshare', { args: [...args, 'true'] })
    if (code === 0) return args
    reason = stderr.trim()
  }
  return ctx.skip(`cannot create a network namespace: ${reason}`)
}
