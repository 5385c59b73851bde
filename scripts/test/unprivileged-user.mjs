// PostgreSQL refuses to run as root. Where we are root, it runs as a user who can do less.
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const candidates = ['postgres', 'nobody']

/**
 * The user to run a server as, in the terms of `spawn`: empty for ourselves, undefined when there is
 * none.
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
 * Whether everybody may enter the folder, from the root of the file system on: a checkout in /root is
 * closed to every other user.
 *
 * @param {string} folder
 * @returns {boolean}
 */
export function isOpenToAll(folder) {
  const mayEnter = (statSync(folder).mode & 0o001) !== 0
  const parent = dirname(folder)
  return mayEnter && (parent === folder || isOpenToAll(parent))
}
