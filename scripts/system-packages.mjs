// The operating system packages that the tests use. On Debian as root, missing packages are installed. Otherwise the
// tests that need them are skipped.
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  globSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join } from 'node:path'

/** The system's Python. A version manager's Python, which may come first on the path, lacks Debian's modules. */
export const systemPython = '/usr/bin/python3'

/** Debian runs this file, if it exists, before it starts a service of a package. */
const servicePolicy = '/usr/sbin/policy-rc.d'
const NO_SERVICE = '#!/bin/sh\nexit 101\n'

/**
 * @typedef {object} SystemPackage
 * @property {string} name       of the Debian package
 * @property {string} why        the tests that need it
 * @property {readonly string[]} [commands]  installed if one of these programs is on the path
 * @property {string} [module]   installed if the system's Python finds this module
 * @property {string} [file]     installed if a file matches this pattern
 */

/** Names of Chromium. The first one is smaller, starts faster and renders identically. */
export const browserPrograms = /** @type {const} */ ([
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
])

export const browserPackage = browserPrograms[0]

/** @type {readonly SystemPackage[]} */
export const systemPackages = [
  { name: 'python3-authlib', module: 'authlib', why: 'OAuth client and JWT verifier in Python' },
  { name: 'python3-requests-oauthlib', module: 'requests_oauthlib', why: 'OAuth client in Python' },
  { name: 'python3-requests', module: 'requests', why: 'HTTP client of Authlib' },
  { name: 'python3-jwt', module: 'jwt', why: 'JWT verifier in Python (PyJWT)' },
  {
    name: 'python3-cryptography',
    module: 'cryptography',
    why: 'undeclared dependency of PyJWT for asymmetric keys',
  },
  { name: 'python3-jwcrypto', module: 'jwcrypto', why: 'JWT verifier in Python (jwcrypto)' },
  { name: 'jose', commands: ['jose'], why: 'JWT verifier in C' },
  {
    name: 'libcrypt-jwt-perl',
    file: '/usr/share/perl5/Crypt/JWT.pm',
    why: 'JWT verifier in Perl (Crypt::JWT)',
  },
  { name: 'ruby', file: '/usr/bin/ruby', why: 'undeclared dependency of ruby-jwt' },
  {
    name: 'ruby-jwt',
    file: '/usr/share/rubygems-integration/all/specifications/jwt-*.gemspec',
    why: 'JWT verifier in Ruby',
  },
  { name: 'curl', commands: ['curl'], why: 'OAuth client on the command line' },
  {
    name: browserPackage,
    commands: browserPrograms,
    why: 'browser for the tests of the console',
  },
  {
    name: 'python3-botocore',
    module: 'botocore',
    why: 'independent implementation of AWS signatures',
  },
  {
    name: 'python3-swift',
    module: 'swift',
    why: 'OpenStack Swift, an S3 server that verifies AWS signatures',
  },
  {
    name: 'oathtool',
    commands: ['oathtool'],
    why: 'independent implementation of one-time codes (RFC 6238)',
  },
  // /usr/sbin is only on root's path.
  { name: 'nginx', file: '/usr/sbin/nginx', why: 'reverse proxy in front of Keyporter' },
  { name: 'haproxy', file: '/usr/sbin/haproxy', why: 'reverse proxy in front of Keyporter' },
  {
    name: 'dnsmasq-base',
    file: '/usr/sbin/dnsmasq',
    why: 'DNS server with configured responses',
  },
  { name: 'iproute2', commands: ['ip'], why: 'IP addresses in a network namespace of the test' },
]

/**
 * Installs missing packages if possible.
 *
 * @returns {Record<string, string>} the packages that are still missing, with the reason
 */
export function provideSystemPackages() {
  const missing = missingSystemPackages().map(({ name }) => name)
  if (missing.length === 0) return {}
  const reason = installSystemPackages(missing)
  const still = missingSystemPackages().map(({ name }) => name)
  return Object.fromEntries(
    still.map((name) => [name, reason ?? 'it is not found after its installation']),
  )
}

function missingSystemPackages() {
  const modules = systemPackages.flatMap(({ module }) => module ?? [])
  const found = findPythonModules(modules)
  return systemPackages.filter(({ commands, file, module }) => {
    if (commands !== undefined) return !commands.some(isOnPath)
    if (file !== undefined) return globSync(file).length === 0
    return module !== undefined && !found.has(module)
  })
}

/**
 * Installs Debian packages. Updates the index only after a failure, then tries each package separately, so that an
 * unknown package does not prevent the others.
 *
 * @param {readonly string[]} names
 * @returns {string | undefined} the reason, if a package was not installed
 */
export function installSystemPackages(names) {
  const reason = reasonNotToInstall()
  if (reason !== undefined) return reason
  process.stdout.write(`Installing ${names.join(', ')} …\n`)
  const isTemporary = forbidServices()
  try {
    if (install(names) === undefined) return undefined
    const update = apt(['update'])
    if (update.status !== 0) return `apt-get failed: ${lastLine(update.stderr)}`
    const fault = install(names)
    if (fault === undefined || names.length === 1) return fault
    return names.map((name) => install([name])).find((one) => one !== undefined)
  } finally {
    if (isTemporary) rmSync(servicePolicy, { force: true })
  }
}

/**
 * @param {readonly string[]} names
 * @returns {string | undefined} the reason of a failure
 */
function install(names) {
  const { status, stderr } = apt(['install', '-y', '--no-install-recommends', ...names])
  return status === 0 ? undefined : `apt-get failed: ${lastLine(stderr)}`
}

function reasonNotToInstall() {
  if (process.env.KEYPORTER_TEST_INSTALL === 'never') return 'KEYPORTER_TEST_INSTALL is never'
  if (!existsSync('/etc/debian_version') || !isOnPath('apt-get')) return 'the system is not Debian'
  return process.getuid?.() === 0 ? undefined : 'only root can install packages'
}

/**
 * Prevents Debian from starting nginx on port 80 after its installation. Tests start their own processes.
 *
 * @returns {boolean} false if another policy exists, which is kept
 */
function forbidServices() {
  // A killed run may have left the policy of this script, which must be removed.
  if (existsSync(servicePolicy)) return readFileSync(servicePolicy, 'utf8') === NO_SERVICE
  writeFileSync(servicePolicy, NO_SERVICE, { mode: 0o755 })
  return true
}

/** @param {string[]} args */
function apt(args) {
  const limits = ['Acquire::Retries=1', 'Acquire::http::Timeout=20', 'DPkg::Lock::Timeout=120']
  return spawnSync('apt-get', [...limits.flatMap((option) => ['-o', option]), '-q', ...args], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 300_000,
  })
}

/** @param {string[]} names */
function findPythonModules(names) {
  const program =
    'import sys, importlib.util as u\nprint("\\n".join(n for n in sys.argv[1:] if u.find_spec(n)))'
  const { stdout } = spawnSync(systemPython, ['-c', program, ...names], { encoding: 'utf8' })
  return new Set((stdout ?? '').split('\n'))
}

/** @param {string} command */
export function isOnPath(command) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => isExecutable(join(folder, command)))
}

/** @param {string} file */
export function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @param {string | null} text */
function lastLine(text) {
  return (text ?? '').trim().split('\n').at(-1) || 'no message'
}
