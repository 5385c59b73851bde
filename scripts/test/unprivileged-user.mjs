// PostgreSQL does not run as root. As root, the tests start it as an unprivileged user.
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const candidates = ['postgres', 'nobody']

/**
 * Returns the user for the server as options of `spawn`: empty for the current user, undefined if no user exists.
 *
 * @returns {{ uid?: number, gid?: number } | undefined}
 */
export function unprivilegedUser() {
  if (process.getuid?.() !== 0) return {}
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const candidate of candidates) {
    const line = lines.find((text) => text.startsWith(`${candidate}:`))
    const [, , uid, gid] = line?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

/**
 * Returns whether all users can enter the folder and its parents. A checkout in /root is closed to other users.
 *
 * @param {string} folder
 * @returns {boolean}
 */
export function isOpenToAll(folder) {
  const mayEnter = (statSync(folder).mode & 0o001) !== 0
  const parent = dirname(folder)
  return mayEnter && (parent === folder || isOpenToAll(parent))
}
