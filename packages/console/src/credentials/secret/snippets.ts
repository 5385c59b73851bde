import type { ResponseBody, routes } from '@keyporter/contract'

/** The fields of a credential that the examples need. */
export type UsableCredential = Pick<
  ResponseBody<typeof routes.credentials.get>,
  'name' | 'clientId' | 'issuer' | 'tokenUrl' | 'apiIdentifier'
>

/** The kinds of example, in tab order. */
export const snippetKinds = ['env', 'curlToken', 'curlDirect', 'typescript', 'python'] as const
export type SnippetKind = (typeof snippetKinds)[number]

/** The placeholder for the secret: a shell variable, so that the commands run unchanged. */
export const SECRET_PLACEHOLDER = '$CLIENT_SECRET'

/** Returns a code example with the secret or a placeholder. */
export function snippet(
  kind: SnippetKind,
  credential: UsableCredential,
  clientSecret: string = SECRET_PLACEHOLDER,
): string {
  return writers[kind](credential, clientSecret)
}

/** Returns whether the identifier of an API is an HTTP URL. */
export function isAddress(identifier: string): boolean {
  return /^https?:/i.test(identifier)
}

const writers: Readonly<
  Record<SnippetKind, (credential: UsableCredential, clientSecret: string) => string>
> = { env, curlToken, curlDirect, typescript, python }

function env(credential: UsableCredential, clientSecret: string): string {
  const { name, issuer, clientId, tokenUrl, apiIdentifier } = credential
  const lines = [
    `# ${name}`,
    `KEYPORTER_URL=${issuer}`,
    `KEYPORTER_CLIENT_ID=${clientId}`,
    `KEYPORTER_CLIENT_SECRET=${clientSecret}`,
    `KEYPORTER_TOKEN_URL=${tokenUrl}`,
    ...(isAddress(apiIdentifier) ? [`API_URL=${apiIdentifier}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function curlToken(credential: UsableCredential, clientSecret: string): string {
  return `TOKEN=$(curl --silent --config - <<END | jq --raw-output .access_token
url = ${quoted(credential.tokenUrl)}
user = "${credential.clientId}:${clientSecret}"
data = "grant_type=client_credentials"
END
)

curl --config - <<END
url = ${quoted(apiUrl(credential))}
header = "Authorization: Bearer $TOKEN"
END
`
}

function curlDirect(credential: UsableCredential, clientSecret: string): string {
  return `curl --config - <<END
url = ${quoted(apiUrl(credential))}
user = "${credential.clientId}:${clientSecret}"
END
`
}

function typescript(credential: UsableCredential): string {
  return `import { createTokenSource } from '@keyporter/sdk'

// Reads KEYPORTER_URL, KEYPORTER_CLIENT_ID and KEYPORTER_CLIENT_SECRET.
const source = createTokenSource()

const response = await fetch(${JSON.stringify(apiUrl(credential))}, {
  headers: { authorization: \`Bearer \${await source.token()}\` },
})
`
}

function python(credential: UsableCredential): string {
  return `import os
import requests

token = requests.post(
    os.environ["KEYPORTER_TOKEN_URL"],
    auth=(os.environ["KEYPORTER_CLIENT_ID"], os.environ["KEYPORTER_CLIENT_SECRET"]),
    data={"grant_type": "client_credentials"},
    timeout=10,
).json()["access_token"]

response = requests.get(
    ${JSON.stringify(apiUrl(credential))},
    headers={"Authorization": f"Bearer {token}"},
    timeout=10,
)
`
}

/** Returns the URL for the examples: the identifier, or a sample URL if the identifier is not one. */
function apiUrl({ apiIdentifier }: UsableCredential): string {
  return isAddress(apiIdentifier) ? apiIdentifier : 'https://api.example.com'
}

/** Quotes a value for a curl configuration in a here-document: escapes for curl, then for the shell. */
function quoted(value: string): string {
  const config = value.replace(/["\\]/g, String.raw`\$&`)
  return `"${config.replace(/[$`\\]/g, String.raw`\$&`)}"`
}
