// Runs a program in an environment without the machine's installed programs, so that a static check gives the same result
// on every machine.
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'

/** Programs that the tools need: to run scripts of node_modules, and to distinguish glibc from musl. */
const kept = ['env', 'sh', 'bash', 'ldd']

const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin']

/** Mounts empty folders over the machine's program folders, and the kept programs as /usr/bin. */
const HIDE = `
for folder in /usr/sbin /usr/local/bin /usr/local/sbin; do mount -t tmpfs none "$folder"; done
for program in ${kept.join(' ')}; do cp "/usr/bin/$program" /usr/local/sbin; done
mount --bind /usr/local/sbin /usr/bin
exec "$@"
`

/**
 * Returns a command prefix that runs a program in a new mount namespace without the machine's programs.
 *
 * @param {string} program    the file of the program
 * @returns {readonly string[] | { reason: string }}
 */
export function hidePrograms(program) {
  if (process.platform !== 'linux') return { reason: 'only Linux has mount namespaces' }
  const file = realpathSync(program)
  if (folders.some((folder) => file.startsWith(`${folder}${sep}`))) {
    return { reason: `${file} would be hidden too` }
  }
  for (const options of [['--mount'], ['--mount', '--map-root-user']]) {
    const args = [...options, 'sh', '-ec', HIDE, 'sh']
    const { status } = spawnSync('unshare', [...args, program, '--version'], { stdio: 'ignore' })
    if (status === 0) return ['unshare', ...args]
  }
  return { reason: 'this user cannot mount folders in a new namespace (unshare)' }
}
