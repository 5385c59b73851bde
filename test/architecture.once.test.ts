import { describe, expect, test } from 'vitest'
import { listFiles, readSources, readText, type Source } from './support/sources.ts'

const packages = ['protocol', 'contract', 'server', 'sdk', 'cli', 'console']
const sources = packages.flatMap((name) => readSources(`packages/${name}/src`))

const serverFolder = 'packages/server/src/'

/** The folders of the server that every feature may use, and the folders that each of these may use. */
const foundations: Readonly<
  Record<string, { readonly uses: readonly string[]; readonly why: string }>
> = {
  platform: { uses: [], why: 'platform wraps the machine and knows nothing of the product' },
  store: { uses: ['platform'], why: 'store knows no feature and no key' },
  outbound: { uses: ['platform'], why: 'outbound connects to addresses and knows no feature' },
  kernel: {
    uses: ['platform', 'store', 'outbound', 'encryption'],
    why: 'every feature uses the kernel, so the kernel can use none',
  },
  encryption: {
    uses: ['platform', 'store', 'kernel', 'identity/organizations'],
    why: 'encryption serves every feature; its own routes name organizations',
  },
}
const features = [...new Set(sources.flatMap(({ path }) => featureOf(path) ?? []))]
const serverReadme = readText('packages/server/README.md')
const uses = readBlock('dag', '->')

describe('a package imports only lower packages', () => {
  forbid({
    from: /^packages\/protocol\//,
    to: /^(@keyporter\/|keyporter$|zod$)/,
    why: 'protocol is the lowest layer: it is installed alone to verify tokens elsewhere',
  })
  forbid({
    from: /^packages\/protocol\//,
    to: /^node:/,
    why: 'protocol runs in browsers and edge workers: Web Crypto only, everything else is a parameter',
  })
  forbid({
    from: /^packages\/contract\//,
    to: /^(@keyporter\/(?!protocol$)|keyporter$)/,
    why: 'server, client and documentation derive from the contract, so that it imports none of them',
  })
  forbid({
    from: /^packages\/contract\//,
    to: /^node:/,
    why: 'the contract is data that also runs in a browser',
  })
  forbid({
    from: /^packages\/sdk\//,
    to: /^(@keyporter\/(server|console)|keyporter$)/,
    why: 'the client is installed without a server',
  })
  forbid({
    from: /^packages\/server\//,
    to: /^(@keyporter\/(sdk|console)|keyporter$)/,
    why: 'the server does not depend on its clients',
  })
  forbid({
    from: /^packages\/cli\/(?!src\/(.+\/)?serve\.ts$)/,
    to: /^@keyporter\/server/,
    why: 'commands use the SDK, so that they work with a remote server; only serve starts a server',
  })
  forbid({
    from: /^packages\/console\//,
    to: /^(@keyporter\/(?!sdk$|contract$|protocol$)|keyporter$|node:)/,
    why: 'the console uses the public API through the SDK, from a browser',
  })
  test('and imports other packages by name, which limits it to their exports', () => {
    const faults = sources.flatMap(({ path, imports }) =>
      imports.filter((to) => to.startsWith('packages/') && packageOf(to) !== packageOf(path)),
    )
    expect(faults).toEqual([])
  })
})

describe('inside the server', () => {
  forbid({
    from: /^packages\/server\/src\/http\//,
    to: /^(kysely(\/|$)|pg$|node:sqlite$|packages\/server\/src\/store\/(?!faults\.ts$))/,
    why: 'http contains no SQL; it only distinguishes faults of the store, to return 503',
  })
  for (const [folder, { uses: allowed, why }] of Object.entries(foundations)) {
    const others = [...allowed, folder].join('|')
    forbid({
      from: new RegExp(`^${serverFolder}${folder}/`),
      to: new RegExp(`^${serverFolder}(?!(${others})/)`),
      why,
    })
  }
  forbid({
    from: new RegExp(`^${serverFolder}(?!(main|serve|index|compose(-\\w+)?)\\.ts$)`),
    to: /^packages\/server\/src\/(main|serve|compose(-\w+)?)\.ts$/,
    why: 'a part does not import its composition',
  })
  forbid({
    from: new RegExp(`^${serverFolder}(?!(http/|compose(-http)?\\.ts$))`),
    to: /^(fastify$|packages\/server\/src\/http\/)/,
    why: 'verbs and dispatch know no transport',
  })
  forbid({
    from: new RegExp(`^${serverFolder}issued/`),
    to: new RegExp(`^${serverFolder}stored/`),
    why: 'issued credentials work when stored credentials are disabled',
  })
  forbid({
    from: new RegExp(`^${serverFolder}stored/`),
    to: new RegExp(`^${serverFolder}issued/`),
    why: 'stored credentials work when issued credentials are disabled',
  })
  forbid({
    from: new RegExp(`^${serverFolder}identity/`),
    to: new RegExp(`^${serverFolder}(issued|stored)/`),
    why: 'issued and stored credentials belong to organizations and members, not the reverse',
  })

  test('only outbound opens connections, because it checks every address', () => {
    // Each entry: why the file opens no connection to a third party.
    const exceptions = {
      'http/server.ts': 'listens, and names the type of a connection',
      'store/open.ts': 'the operator’s own database',
    }
    const others = sources.filter(({ path }) => {
      const file = path.slice(serverFolder.length)
      return path.startsWith(serverFolder) && !file.startsWith('outbound/') && !(file in exceptions)
    })
    const faults = others.flatMap(({ path, text }) =>
      networkImports(text).map((name) => `${path}: ${name}`),
    )
    expect(faults).toEqual([])
    const use = /(?<![\w.])(fetch|WebSocket|EventSource)\(/
    expect(findInCode(use, serverFolder)).toEqual([])
  })

  test('the list of directions in packages/server/README.md names every feature and no other folder', () => {
    expect([...uses.keys()].toSorted()).toEqual([...features].toSorted())
  })

  test('the list of directions has no cycle', () => {
    const cyclic = [...uses.keys()].filter((feature) => reachableFrom(feature).has(feature))
    expect(cyclic).toEqual([])
  })

  test('no feature uses audit or usage: the kernel and http feed them', () => {
    const used = [...uses.values()].flat()
    expect(used.filter((feature) => ['audit', 'issued/usage'].includes(feature))).toEqual([])
  })

  test('a feature uses another feature only along that list', () => {
    const faults = crossings().filter(
      ({ from, to }) => uses.get(from.feature)?.includes(to.feature) !== true,
    )
    expect(faults.map(show)).toEqual([])
  })

  test('a feature is imported only through its index.ts, which is its public surface', () => {
    const faults = sources.flatMap(({ path, imports }) =>
      imports
        .filter((to) => featureOf(to) !== undefined && featureOf(to) !== featureOf(path))
        .filter((to) => !to.endsWith('/index.ts') && featureOf(to) !== 'encryption')
        .map((to) => `${path} -> ${to}`),
    )
    expect(faults).toEqual([])
  })

  test('each table is written by one folder, which packages/server/README.md names', () => {
    const listed = [...readBlock('tables', ':')].flatMap(([folder, names]) =>
      names.map((name) => `${name} ${folder}`),
    )
    // store/retention-rules.ts deletes expired rows; encryption/encrypted-columns.ts lists the columns that it re-encrypts.
    const exceptions = [
      'connections encryption',
      'linkCodes store',
      'revokedTokens store',
      'sessions store',
      'upstreamConsents store',
      'usageCounters store',
    ]
    const written = new Set(
      sources.flatMap(({ path, text }) =>
        [...text.matchAll(/\.(?:insertInto|updateTable|deleteFrom)\(\s*'(\w+)'/g)].map(
          ([, name]) => `${name} ${folderOf(path)}`,
        ),
      ),
    )
    expect([...written].toSorted()).toEqual([...listed, ...exceptions].toSorted())
  })

  test('only the listed files write without an audit event', () => {
    // Each entry: why no state of the product changes without an audit event.
    const unauditedWriters = {
      'kernel/mutate.ts': 'writes an audit event with every change',
      'compose.ts': 'passes the function to its users',
      'compose-context.ts': 'passes the function to its users',
      'compose-issued.ts': 'passes the function to its users',
      'compose-http.ts': 'passes the function to its users',
      'store/open.ts': 'defines the transaction',
      'encryption/installation-keys.ts':
        'creates the keys of an empty database, before an organization exists',
      'encryption/re-encrypt-column.ts': 're-encrypts: the plaintext stays the same',
      'store/idempotency-records.ts': 'records responses',
      'issued/usage/flush.ts': 'adds to counters',
      'store/retention-job.ts': 'deletes expired rows',
      'stored/upstream-tokens/upstream-tokens.ts':
        'stores the token that an upstream issued for the configured credentials, and the lease on fetching it',
      'stored/upstream-tokens/complete-consent.ts': 'consumes a consent; its result is audited',
      'identity/sign-in/authenticate-session.ts': 'records when a session was last seen',
    }
    const use = /\bwriteUnaudited\b|\btransact\b/
    expect(
      findInCode(use, serverFolder, [...Object.keys(unauditedWriters), 'issued/usage/usage.ts']),
    ).toEqual([])
  })

  test('only platform/cache.ts evicts: it never keeps a value that was read before an invalidation', () => {
    // Each entry: why its map is not a cache of values.
    const exceptions = {
      'platform/cache.ts': 'defines the cache',
      'platform/failure-counter.ts': 'counts: an evicted counter is not read again',
      'outbound/pools.ts': 'closes the connections of an evicted pool',
    }
    const eviction =
      /\.(keys|values|entries)\(\)\.next\(\)|\.size >=? (?!0\b)\w|\bcreateVerifiedCache\b/
    expect(
      findInCode(eviction, serverFolder, [
        ...Object.keys(exceptions),
        // Caches signatures under their whole token, with the code that verifies tokens elsewhere.
        'issued/tokens/verify-token.ts',
      ]),
    ).toEqual([])
  })

  test('node:http is imported for its types only: its values load all of Node’s fetch', () => {
    const statement = /import\b(?!\s+type\b)\s*([^'"]*?)from\s*['"]node:https?['"]/g
    const faults = sources
      .filter(({ path }) => path.startsWith(serverFolder))
      .flatMap(({ path, text }) =>
        [...text.matchAll(statement)].map(([, what = '']) => `${path}: ${what}`),
      )
    expect(faults.filter((fault) => !/: \{ (type \w+,? ?)+\} $/.test(fault))).toEqual([])
  })

  test('only main.ts uses process; other files receive parameters', () => {
    // Constant facts about the machine are permitted everywhere.
    const use =
      /\bprocess\.(?!getBuiltinModule\b|pid\b|platform\b|versions?\b|hrtime\b|memoryUsage\b|uptime\b)\w+/
    expect(findInCode(use, serverFolder, ['main.ts'])).toEqual([])
  })
})

describe('protocol is pure: the same input gives the same output', () => {
  test.each([
    ['clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bset(Timeout|Interval)\b/],
    ['random source', /\bMath\.random\b|\bgetRandomValues\b|\brandomUUID\b/],
    ['environment', /\bprocess\b|\bglobalThis\b/],
    ['input or output', /\bfetch\(|\bconsole\./],
  ])('it has no %s', (_, use) => {
    expect(findInCode(use, 'packages/protocol/src/')).toEqual([])
  })
})

describe('names', () => {
  test('no file or folder has a vague name: utils, helpers, shared, common, misc', () => {
    const vague = /(^|\/)(utils?|helpers?|shared|common|misc)(\.[^/]*)?(\/|$)/
    const files = ['packages', 'scripts', 'test', 'bench', 'examples'].flatMap(listFiles)
    expect(files.filter((path) => vague.test(path))).toEqual([])
  })

  test.each([
    ['workspace', 'organization'],
    ['tenantId', 'organizationId'],
    ['accountId', 'organizationId or memberId'],
    ['teamId', 'organizationId'],
    ['projectId', 'apiId'],
    ['apiKeyId', 'credentialId'],
    ['appId', 'credentialId'],
  ])('nothing is called %s: our word is %s', (word, _) => {
    // Anywhere in an identifier, at a word boundary: defaultWorkspace, accountIds.
    const [first = '', ...rest] = word
    const use = new RegExp(`(\\b${first}|[a-z0-9_]${first.toUpperCase()})${rest.join('')}`)
    expect(findInCode(use, 'packages/')).toEqual([])
  })
})

describe('index.ts', () => {
  const tables = sources.filter(({ path }) => isTableOfContents(path))

  test('of a package or feature contains re-exports only', () => {
    expect(tables.filter((source) => !onlyReexports(source)).map(({ path }) => path)).toEqual([])
  })

  test('of a package or feature opens with a descriptive sentence', () => {
    const opening = /^\/\*\*\s+(\* )?[A-Z][\s\S]*?\.\s[\s\S]*?\*\//
    expect(tables.filter(({ text }) => !opening.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('is the only kind of file that only re-exports', () => {
    const others = sources.filter(({ path }) => !isTableOfContents(path))
    expect(others.filter(onlyReexports).map(({ path }) => path)).toEqual([])
  })
})

describe('comments', () => {
  test('a TODO names its issue: TODO(#12)', () => {
    const faults = sources.filter(({ text }) => /\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/.test(text))
    expect(faults.map(({ path }) => path)).toEqual([])
  })

  test('a suppression has a reason', () => {
    const bare =
      /(oxlint|eslint)-disable(?![^\n]* -- \S)|@ts-(ignore|nocheck)|@ts-expect-error[ \t]*(\n|\*)/
    expect(sources.filter(({ text }) => bare.test(text)).map(({ path }) => path)).toEqual([])
  })
})

describe('a package', () => {
  test.each(packages)('the first sentence of the README of %s describes its purpose', (name) => {
    const [, paragraph = ''] = readText(`packages/${name}/README.md`).split(/\n\s*\n/)
    expect(paragraph).toMatch(/^[A-Z][^#|`]{20,}?[.:]/)
  })

  test.each([
    ['protocol', 1],
    ['contract', 2],
    ['sdk', 2],
    ['server', 12],
    ['cli', 3],
  ])('%s has at most %i dependencies; more need a reason in docs/adr', (name, budget) => {
    const { dependencies = {} } = JSON.parse(readText(`packages/${name}/package.json`))
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(budget)
  })
})

/** Forbids a kind of import. The reason is the name of the test. */
function forbid({ from, to, why }: { from: RegExp; to: RegExp; why: string }): void {
  test(why, () => {
    const faults = sources
      .filter(({ path }) => from.test(path))
      .flatMap(({ path, imports }) =>
        imports.filter((it) => to.test(it)).map((it) => `${path} -> ${it}`),
      )
    expect(faults).toEqual([])
  })
}

/** Returns imports of modules that can open connections, except types and harmless functions. */
function networkImports(text: string): string[] {
  const harmless = /^(type \w+|isIP(v[46])?|createServer|METHODS|STATUS_CODES)$/
  const statement =
    /import\b(?!\s+type\b)\s*([^'"]*?)(?:from\s*)?\(?['"](undici|node:(?:https?2?|net|tls|dns|dgram)(?:\/\w+)?)['"]/g
  return [...text.matchAll(statement)].flatMap(([, what = '', from = '']) => {
    const names = /^\{([^}]*)\}\s*$/.exec(what)?.[1]?.split(',') ?? [what]
    const used = names
      .map((name) => name.trim())
      .filter((name) => name !== '' || !what.includes('{'))
    return used.filter((name) => !harmless.test(name)).map((name) => `${name} of ${from}`)
  })
}

function packageOf(path: string): string | undefined {
  return path.split('/')[1]
}

/** Returns the feature folder of a file, unless the folder is a foundation or http. */
function featureOf(path: string): string | undefined {
  const folder = folderOf(path)
  if (folder === undefined || folder === 'http') return undefined
  return folder === 'encryption' || !(folder in foundations) ? folder : undefined
}

/** Returns the folder of a server file, with its group if it has one; undefined for files next to `compose.ts`. */
function folderOf(path: string): string | undefined {
  if (!path.startsWith(serverFolder)) return undefined
  const [group = '', folder, file] = path.slice(serverFolder.length).split('/')
  if (folder === undefined) return undefined
  return ['identity', 'issued', 'stored'].includes(group) && file !== undefined
    ? `${group}/${folder}`
    : group
}

interface Crossing {
  readonly from: { readonly feature: string; readonly path: string }
  readonly to: { readonly feature: string; readonly path: string }
}

function crossings(): Crossing[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap((target) => {
      const [from, to] = [featureOf(path), featureOf(target)]
      // Every feature may encrypt.
      if (from === undefined || to === undefined || from === to || to === 'encryption') return []
      return { from: { feature: from, path }, to: { feature: to, path: target } }
    }),
  )
}

function show({ from, to }: Crossing): string {
  return `${from.path} -> ${to.path}`
}

/** Parses a fenced block of the server's README: each line has a folder, a separator, and a comma-separated list. */
function readBlock(name: string, separator: string): Map<string, string[]> {
  const [, block = ''] = new RegExp(`\`\`\`${name}\\n([\\s\\S]*?)\`\`\``).exec(serverReadme) ?? []
  const lines = block.split('\n').filter((line) => line.includes(separator))
  return new Map(
    lines.map((line) => {
      const [folder = '', list = ''] = line.split(separator).map((part) => part.trim())
      return [folder, list.split(',').flatMap((item) => item.trim() || [])]
    }),
  )
}

function reachableFrom(feature: string): Set<string> {
  const reached = new Set<string>()
  const open = [...(uses.get(feature) ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (reached.has(next)) continue
    reached.add(next)
    open.push(...(uses.get(next) ?? []))
  }
  return reached
}

/** Returns the matches in the code under a folder, as `path: match`. */
function findInCode(use: RegExp, folder: string, except: readonly string[] = []): string[] {
  return sources
    .filter(({ path }) => path.startsWith(folder) && !except.includes(path.slice(folder.length)))
    .flatMap(({ path, code }) => {
      const found = use.exec(code)
      return found === null ? [] : `${path}: ${found[0]}`
    })
}

function isTableOfContents(path: string): boolean {
  if (/^packages\/[^/]+\/src\/index\.ts$/.test(path)) return true
  return featureOf(path) !== undefined && path.endsWith('/index.ts')
}

function onlyReexports({ code }: Source): boolean {
  const reexport = /export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+''/g
  return reexport.test(code) && code.replace(reexport, '').trim() === ''
}
