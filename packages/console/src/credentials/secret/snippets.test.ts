import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { snippet, snippetKinds, type UsableCredential } from './snippets.ts'

const zeus: UsableCredential = {
  name: 'Zeus',
  clientId: 'kpc_live_7Hq2',
  issuer: 'https://keys.example.com',
  tokenUrl: 'https://keys.example.com/oauth/token',
  apiIdentifier: 'https://api.example.com/v1',
}

describe('code examples', () => {
  it('contain a secret only if one is passed', () => {
    for (const kind of snippetKinds) expect(snippet(kind, zeus)).not.toContain('s3cret')
    expect(snippet('env', zeus)).toContain('KEYPORTER_CLIENT_SECRET=$CLIENT_SECRET\n')
    expect(snippet('env', zeus, 's3cret')).toContain('KEYPORTER_CLIENT_SECRET=s3cret\n')
  })

  it('never contain the secret in a command-line argument or in source code', () => {
    for (const kind of ['typescript', 'python'] as const) {
      expect(snippet(kind, zeus, 's3cret')).not.toContain('s3cret')
    }
    for (const kind of ['curlToken', 'curlDirect'] as const) {
      expect(argumentsOf(snippet(kind, zeus, 's3cret'))).not.toContain('s3cret')
    }
  })

  it('escape the URL of the API for the shell', () => {
    const apiIdentifier = 'https://api.example.com/$(echo pwned)/`echo pwned`/\\"x'
    const read = configsOf(snippet('curlDirect', { ...zeus, apiIdentifier }, 's3cret'))
    expect(read).toBe(
      'url = "https://api.example.com/$(echo pwned)/`echo pwned`/\\\\\\"x"\nuser = "kpc_live_7Hq2:s3cret"\n',
    )
  })

  it('have a placeholder that the shell expands', () => {
    expect(configsOf(`CLIENT_SECRET=abc\n${snippet('curlDirect', zeus)}`)).toContain(
      'user = "kpc_live_7Hq2:abc"',
    )
  })

  it('do not call an identifier that is not a URL', () => {
    const code = snippet('python', { ...zeus, apiIdentifier: 'urn:example:api' })
    expect(code).not.toContain('urn:')
  })
})

/** Returns the standard input of curl when a shell runs the example. */
function configsOf(script: string): string {
  return execFileSync('sh', ['-c', `curl() { cat; }\n${script}`], { encoding: 'utf8' })
}

function argumentsOf(script: string): string {
  return execFileSync('sh', ['-c', `curl() { echo "$@"; }\njq() { cat; }\n${script}`], {
    encoding: 'utf8',
  })
}
