// Runs programs where those that are installed on the machine do not exist. A static check that passes there reads
// the repository alone, so it gives the same result on every machine.
import { spawnSync } from 'node:child_process'
import { realpathSync } from 'node:fs'
import { sep } from 'node:path'

/** What the tools themselves need: to run scripts of node_modules, and to tell glibc from musl. */
const kept = ['env', 'sh', 'bash', 'ldd']

const folders = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin']

/** Folders in memory over those of the machine; the one with the kept programs serves as /usr/bin, too. */
const HIDE = `
for folder in /usr/sbin /usr/local/bin /usr/local/sbin; do mount -t tmpfs none "$folder"; done
for program in ${kept.join(' ')}; do cp "/usr/bin/$program" /usr/local/sbin; done
mount --bind /usr/local/sbin /usr/bin
exec "$@"
`

/**
 * The command that runs another one in a mount namespace of its own, without the machine's programs.
 *
 * @param {string} program    the file of that command
 * @returns {readonly string[] | { reason: string }}
 */
export function hidePrograms(program) {
  if (process.platform !== 'linux') return { reason: 'only Linux has mount namespaces' }
  const file = realpathSync(program)
  if (folders.some((folder) => file.startsWith(`${folder}${sep}`))) {
    return { reason: `${file} would be hidden, too` }
  }
  for (const options of [['--mount'], ['--mount', '--map-root-user']]) {
    const args = [...options, 'sh', '-ec', HIDE, 'sh']
    const { status } = spawnSync('unshare', [...args, program, '--version'], { stdio: 'ignore' })
    if (status === 0) return ['unshare', ...args]
  }
  return { reason: 'this user may not mount folders in a namespace of its own (unshare)' }
}
