// What the tests need of the operating system. Where this is Debian and we are root, the missing ones
// are installed; elsewhere the tests that need them are skipped and say so.
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

/** The system's own Python: a version manager's, first on the path, lacks Debian's modules. */
export const systemPython = '/usr/bin/python3'

/** Whom Debian asks, where it is there, before a package's service is started. */
const servicePolicy = '/usr/sbin/policy-rc.d'
const NO_SERVICE = '#!/bin/sh\nexit 101\n'

/**
 * @typedef {object} SystemPackage
 * @property {string} name       as Debian calls it
 * @property {string} why        the tests that need it
 * @property {readonly string[]} [commands]  it is there when one of these programs is on the path
 * @property {string} [module]   it is there when the system's Python finds this module
 * @property {string} [file]     it is there when a file of this pattern is
 */

/** Chromium under its several names. The first one is smaller, starts faster and draws the same. */
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
  { name: 'python3-requests', module: 'requests', why: 'what Authlib sends its requests with' },
  { name: 'python3-jwt', module: 'jwt', why: 'JWT verifier in Python (PyJWT)' },
  {
    name: 'python3-cryptography',
    module: 'cryptography',
    why: 'what PyJWT needs for asymmetric keys and does not ask for',
  },
  { name: 'python3-jwcrypto', module: 'jwcrypto', why: 'JWT verifier in Python (jwcrypto)' },
  { name: 'jose', commands: ['jose'], why: 'JWT verifier in C' },
  {
    name: 'libcrypt-jwt-perl',
    file: '/usr/share/perl5/Crypt/JWT.pm',
    why: 'JWT verifier in Perl (Crypt::JWT)',
  },
  { name: 'ruby', file: '/usr/bin/ruby', why: 'what ruby-jwt runs on, which does not ask for it' },
  {
    name: 'ruby-jwt',
    file: '/usr/share/rubygems-integration/all/specifications/jwt-*.gemspec',
    why: 'JWT verifier in Ruby',
  },
  { name: 'curl', commands: ['curl'], why: 'OAuth client on the command line' },
  {
    name: browserPackage,
    commands: browserPrograms,
    why: 'the browser in which the console is tested',
  },
  { name: 'python3-botocore', module: 'botocore', why: 'AWS signatures of another maker' },
  {
    name: 'python3-swift',
    module: 'swift',
    why: 'OpenStack Swift, an S3 server that verifies AWS signatures',
  },
  { name: 'oathtool', commands: ['oathtool'], why: 'one-time codes (RFC 6238) of another maker' },
  // Not on everybody's path: /usr/sbin is root's.
  { name: 'nginx', file: '/usr/sbin/nginx', why: 'a reverse proxy, in front of ours' },
  { name: 'haproxy', file: '/usr/sbin/haproxy', why: 'a reverse proxy, in front of ours' },
  {
    name: 'dnsmasq-base',
    file: '/usr/sbin/dnsmasq',
    why: 'a name server that is told what to say',
  },
  { name: 'iproute2', commands: ['ip'], why: 'addresses in a network of the test’s own' },
]

/**
 * Installs what is missing, where that can be done.
 *
 * @returns {Record<string, string>} the packages that are still missing, and why
 */
export function provideSystemPackages() {
  const missing = missingSystemPackages().map(({ name }) => name)
  if (missing.length === 0) return {}
  const refusal = installSystemPackages(missing)
  const still = missingSystemPackages().map(({ name }) => name)
  return Object.fromEntries(still.map((name) => [name, refusal ?? 'it was installed to no effect']))
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
 * Installs Debian packages; the index is renewed only when the first attempt fails. Where they cannot be installed
 * together, each is tried by itself: one that this system does not know denies none of the others.
 *
 * @param {readonly string[]} names
 * @returns {string | undefined} why not all of them were installed
 */
export function installSystemPackages(names) {
  const refusal = refusalToInstall()
  if (refusal !== undefined) return refusal
  process.stdout.write(`Installing ${names.join(', ')} …\n`)
  const isOurs = forbidServices()
  try {
    if (install(names) === undefined) return undefined
    const update = apt(['update'])
    if (update.status !== 0) return `apt-get failed: ${lastLine(update.stderr)}`
    const fault = install(names)
    if (fault === undefined || names.length === 1) return fault
    return names.map((name) => install([name])).find((one) => one !== undefined)
  } finally {
    if (isOurs) rmSync(servicePolicy, { force: true })
  }
}

/**
 * @param {readonly string[]} names
 * @returns {string | undefined} why not
 */
function install(names) {
  const { status, stderr } = apt(['install', '-y', '--no-install-recommends', ...names])
  return status === 0 ? undefined : `apt-get failed: ${lastLine(stderr)}`
}

function refusalToInstall() {
  if (process.env.KEYPORTER_TEST_INSTALL === 'never') return 'KEYPORTER_TEST_INSTALL is never'
  if (!existsSync('/etc/debian_version') || !isOnPath('apt-get')) return 'this is not Debian'
  return process.getuid?.() === 0 ? undefined : 'only root may install packages'
}

/**
 * Else nginx would serve on port 80 of this machine from its installation on. Tests start what they need by themselves.
 *
 * @returns {boolean} false where somebody's own policy is there, which stays
 */
function forbidServices() {
  // One of ours may have been left by a run that was killed: it must not stay for ever.
  if (existsSync(servicePolicy)) return readFileSync(servicePolicy, 'utf8') === NO_SERVICE
  writeFileSync(servicePolicy, NO_SERVICE, { mode: 0o755 })
  return true
}

/** @param {string[]} args */
function apt(args) {
  const patience = ['Acquire::Retries=1', 'Acquire::http::Timeout=20', 'DPkg::Lock::Timeout=120']
  return spawnSync('apt-get', [...patience.flatMap((option) => ['-o', option]), '-q', ...args], {
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
