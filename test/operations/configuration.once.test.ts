import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { parseConfig, variables } from '../../packages/server/src/config.ts'
import { requestToken } from '../support/credentials.ts'
import { readCookie, trySignIn } from '../support/people.ts'
import { startTestServer } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  runServer,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'

// Starts the built program. The parsing of single variables is tested beside config.ts.

const running: ServerProcess[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.end('SIGKILL')
})

async function start(env: Record<string, string>, args?: readonly string[]) {
  const server = await startServerProcess(env, args)
  running.push(server)
  return server
}

describe('a start', () => {
  it('with an invalid configuration exits with 78, and prints every problem at once without the values', async () => {
    const directory = newDirectory()
    const values = {
      KEYPORTER_PORT: '80800',
      KEYPORTER_PUBLIC_URL: 'https://keys.example.com/?tenant=hush-url',
      KEYPORTER_ROOT_KEY: 'hush-root-key',
      KEYPORTER_ROOT_KEY_PREVIOUS: 'hush-root-key-before',
      DATABASE_URL: 'mysql://hush-user:hush-password@example.com/keys',
      KEYPORTER_INIT_ADMIN_PASSWORD: 'hush',
      KEYPORTER_SECRET_PREFIX: 'Hush_Prefix',
      KEYPORTER_TRUSTED_PROXIES: 'hush.example.com',
      KEYPORTER_METRICS_TOKEN: 'hush-token',
      KEYPORTER_LOG_LEVEL: 'hush-level',
      KEYPORTER_TRUSTED_PROXYS: 'hush-typing-error',
    }
    const names = Object.keys(values)
    const { code, output } = await runServer({
      KEYPORTER_DATA_DIR: join(directory, 'data'),
      KEYPORTER_INIT_ADMIN_EMAIL: 'ada@example.com',
      ...values,
    })
    expect(code).toBe(78)
    const [first, ...problems] = output.trimEnd().split('\n')
    expect(first).toBe('Keyporter cannot start: the configuration is invalid.')
    expect(new Set(problems.map((line) => line.split(':')[0]))).toEqual(new Set(names))
    expect(problems).toHaveLength(names.length)
    expect(output).not.toMatch(/hush/i)
    expect(existsSync(join(directory, 'data'))).toBe(false)
  })

  it('with --help prints only the help', async () => {
    for (const option of ['--help', '-h']) {
      const { code, output } = await runServer({ KEYPORTER_PORT: 'not valid' }, [option])
      expect([code, output]).toEqual([0, expect.stringContaining('--data-dir DIRECTORY')])
    }
  })

  it.each([['--prot', '8080'], ['extra'], ['--port']])(
    'with unknown arguments (%s) exits with 2, and prints the help',
    async (...args) => {
      const { code, output } = await runServer({}, args)
      expect([code, output]).toEqual([2, expect.stringContaining('keyporter serve')])
    },
  )

  it('with port 0 takes a free port and prints it; arguments override the environment', async () => {
    const directory = newDirectory()
    const { url } = await start(
      { KEYPORTER_PORT: '1', KEYPORTER_HOST: '192.0.2.1', KEYPORTER_DATA_DIR: '/nowhere' },
      ['--port', '0', '--host', '127.0.0.1', '--data-dir', join(directory, 'data')],
    )
    expect(new URL(url).hostname).toBe('127.0.0.1')
    expect(Number(new URL(url).port)).toBeGreaterThan(1_023)
    expect((await fetch(`${url}/livez`)).status).toBe(200)
    expect(existsSync(join(directory, 'data', 'root.key'))).toBe(true)
  })

  it('on an occupied port prints one line', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? String(address.port) : ''
    try {
      const data = join(newDirectory(), 'data')
      const { code, output } = await runServer({ KEYPORTER_PORT: port, KEYPORTER_DATA_DIR: data })
      expect(code).toBe(1)
      expect(output).toMatch(/^Keyporter cannot start: .*EADDRINUSE[^\n]*\n$/)
    } finally {
      other.close()
    }
  })

  it('on an address that the machine does not have prints one line, for any port', async () => {
    const data = join(newDirectory(), 'data')
    const { code, output } = await runServer({
      KEYPORTER_HOST: '192.0.2.1',
      KEYPORTER_PORT: '0',
      KEYPORTER_DATA_DIR: data,
    })
    expect(code).toBe(1)
    expect(output).toMatch(/^Keyporter cannot start: .*EADDRNOTAVAIL[^\n]*\n$/)
  })

  it('without a reachable database prints one line without the password', async () => {
    const { code, output } = await runServer({
      KEYPORTER_DATA_DIR: join(newDirectory(), 'data'),
      DATABASE_URL: 'postgres://keyporter:hush-password@localhost:1/keys',
    })
    expect(code).toBe(1)
    expect(output).toMatch(/^Keyporter cannot start: .*ECONNREFUSED[^\n]*\n$/)
    expect(output).not.toContain('hush')
  })

  it('warns about insecure settings', async () => {
    const env = firstStartEnv(newDirectory())
    const { output } = await start({
      ...env,
      KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32, intranet',
    })
    expect(output()).toMatch(/DANGER: .*: 127\.0\.0\.1\/32, intranet\n/)
  })
})

describe('the credential file of a first start', () => {
  it('is readable by its owner only, whatever the umask, and contains a valid credential', async () => {
    const directory = newDirectory()
    const env = firstStartEnv(directory)
    const before = process.umask(0)
    try {
      await start(env)
    } finally {
      process.umask(before)
    }
    expect(statSync(join(directory, 'manager.json')).mode & 0o777).toBe(0o600)
    expect(readManager(directory)).toEqual({
      clientId: expect.stringMatching(/^kpc_live_/),
      clientSecret: expect.stringMatching(/^kp_live_/),
      organizationId: expect.stringMatching(/^org_/),
    })
  })

  it('never overwrites another file: the start exits with 78 and creates nothing', async () => {
    const directory = newDirectory()
    const path = join(directory, 'manager.json')
    writeFileSync(path, 'precious')
    const { code, output } = await runServer(firstStartEnv(directory))
    expect(code).toBe(78)
    expect(output).toContain('KEYPORTER_INIT_CREDENTIAL_FILE: the file already exists')
    expect(readFileSync(path, 'utf8')).toBe('precious')
    const server = await start({ ...firstStartEnv(directory), KEYPORTER_INIT_CREDENTIAL_FILE: '' })
    expect(server.output()).toContain('Set up Keyporter within an hour')
  })

  it('ends the start if it cannot be written, and the next start creates everything', async () => {
    const directory = newDirectory()
    const env = firstStartEnv(directory)
    const path = join(directory, 'manager.json')
    writeFileSync(join(directory, 'no-folder'), '')
    const nowhere = join(directory, 'no-folder', 'manager.json')
    const { code, output } = await runServer({ ...env, KEYPORTER_INIT_CREDENTIAL_FILE: nowhere })
    expect([code, output]).toEqual([1, expect.stringMatching(/^Keyporter cannot start: .+\n$/)])
    await start(env)
    expect(JSON.parse(readFileSync(path, 'utf8')).clientId).toMatch(/^kpc_/)
  })
})

describe('a secret', () => {
  const examples: Readonly<Record<string, string>> = {
    DATABASE_URL: 'postgres://u:p@localhost/d',
    KEYPORTER_ROOT_KEY: 'A'.repeat(43),
    KEYPORTER_ROOT_KEY_PREVIOUS: 'A'.repeat(43),
    KEYPORTER_INIT_ADMIN_PASSWORD: 'violet harbour 27 umbrella',
    KEYPORTER_METRICS_TOKEN: 'metrics-token-of-24-chars',
  }
  const secrets = Object.entries(variables).flatMap(([name, variable]) =>
    'secret' in variable ? [name] : [],
  )
  const email = { KEYPORTER_INIT_ADMIN_EMAIL: 'ada@example.com' }

  it.each(secrets)('%s can be given as a file, and only once', (name) => {
    const value = examples[name]
    if (value === undefined) throw new Error(`no example of ${name}: add one`)
    const path = join(newDirectory(), 'secret')
    writeFileSync(path, `${value}\n`)
    const more = name === 'KEYPORTER_INIT_ADMIN_PASSWORD' ? email : {}
    const direct = parseConfig({ ...more, [name]: value })
    expect(direct.ok).toBe(true)
    expect(parseConfig({ ...more, [`${name}_FILE`]: path })).toEqual(direct)
    expect(parseConfig({ ...more, [name]: value, [`${name}_FILE`]: path })).toEqual({
      ok: false,
      problems: [expect.stringMatching(`^${name}: set both directly and as ${name}_FILE`)],
    })
  })

  it('is reported as one problem, not two, if it is present but invalid', () => {
    expect(parseConfig({ ...email, KEYPORTER_INIT_ADMIN_PASSWORD: 'short' })).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^KEYPORTER_INIT_ADMIN_PASSWORD: invalid value/)],
    })
  })
})

describe('a public URL with a path', () => {
  it('is the base of every printed URL, and cookies are valid for the whole host', async () => {
    const publicUrl = 'https://keys.example.com/tenant'
    const server = await startTestServer({ env: { KEYPORTER_PUBLIC_URL: publicUrl } })
    try {
      const wellKnown = '/.well-known/oauth-authorization-server'
      for (const path of [`${wellKnown}/tenant`, wellKnown]) {
        const { body } = await server.send('GET', path, { as: null })
        expect(body).toMatchObject({
          issuer: publicUrl,
          token_endpoint: `${publicUrl}/oauth/token`,
        })
      }
      const token = await requestToken(server, server.manager)
      const [, payload = ''] = token.split('.')
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
      expect(claims).toMatchObject({ iss: publicUrl, aud: `${publicUrl}/v1` })
      expect((await server.send('GET', '/v1/credentials', { as: token })).status).toBe(200)
      const invited = await server.send('POST', '/v1/members', {
        body: { email: 'bob@example.com', name: 'Bob', privileges: [] },
      })
      expect(invited.body.invitation.url).toMatch(/^https:\/\/keys\.example\.com\/tenant\//)
      const signedIn = await trySignIn(server, server.admin)
      expect(signedIn.headers.get('set-cookie')).toMatch(/^__Host-.+; Path=\/;.+Secure$/)
      const out = await server.send('DELETE', '/v1/session', {
        cookie: readCookie(signedIn),
        headers: { origin: 'https://keys.example.com' },
      })
      expect(out.status).toBe(204)
    } finally {
      await server.close()
    }
  })

  it('is printed beside the listening address, and is the base of the setup link', async () => {
    const server = await start({
      KEYPORTER_DATA_DIR: join(newDirectory(), 'data'),
      KEYPORTER_PORT: '0',
      KEYPORTER_PUBLIC_URL: 'https://keys.example.com/tenant',
    })
    expect(server.output()).toMatch(
      /^Keyporter listens on http:\/\/127\.0\.0\.1:\d+\nPublic URL: https:\/\/keys\.example\.com\/tenant\n/,
    )
    expect(server.output()).toContain(' https://keys.example.com/tenant/setup#code=')
  })
})
