import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openNetworkNamespace } from '../support/network-namespace.ts'
import { requireSystemPackage } from '../support/system-packages.ts'
import type { NameResults, NameTestInput } from './programs/resolve-names.ts'

// With a real DNS server and the system resolver: each name is resolved once, and every address
// must be public.

const PUBLIC = '93.184.216.34'
const PUBLIC_6 = '2606:2800:220:1:248:1893:25c8:1946'
const PRIVATE = '10.0.0.5'
const PRIVATE_6 = 'fd00::5'
const METADATA = '169.254.169.254'

const good: Readonly<Record<string, readonly string[]>> = {
  'good.example': [PUBLIC],
  'six.example': [PUBLIC_6],
  'alias.example': [PUBLIC],
}
const bad: Readonly<Record<string, readonly string[]>> = {
  'private.example': [PRIVATE],
  'private-six.example': [PRIVATE_6],
  'loopback.example': ['127.0.0.1'],
  'loopback-six.example': ['::1'],
  'mapped.example': [`::ffff:${PRIVATE}`],
  'nat64.example': ['64:ff9b::10.0.0.5'],
  'any.example': ['0.0.0.0'],
  'metadata.example': [METADATA],
  'mixed.example': [PUBLIC, PRIVATE],
  'mixed-first.example': [PRIVATE, PUBLIC],
  'mixed-six.example': [PUBLIC, PRIVATE_6],
  'mixed-four.example': [PUBLIC_6, PRIVATE],
  'bad-alias.example': [],
  'alias-of-alias.example': [],
  'alias-of-mixed.example': [],
}
const input = {
  records: Object.entries({ ...good, ...bad }).flatMap(([name, addresses]) =>
    name.includes('alias') ? [] : addresses.map((address) => `${address} ${name}`),
  ),
  aliases: {
    'alias.example': 'good.example',
    'bad-alias.example': 'private.example',
    'alias-of-alias.example': 'bad-alias.example',
    'alias-of-mixed.example': 'mixed.example',
  },
  names: [...Object.keys(good), ...Object.keys(bad)],
  changing: { name: 'changing.example', before: PUBLIC, after: PRIVATE },
}

it('a name is called only if all its addresses are public, at the address that was checked', async (ctx) => {
  requireSystemPackage(ctx, 'dnsmasq-base')
  const own = [PUBLIC, PRIVATE, METADATA].map((address) => `${address}/32`)
  const network = await openNetworkNamespace(ctx, [...own, `${PUBLIC_6}/128`, `${PRIVATE_6}/128`])
  const testInput: NameTestInput = { ...input, directory: network.directory }
  const program = join(import.meta.dirname, 'programs', 'resolve-names.ts')
  const { byName, changing } = await network.run<NameResults>(program, testInput)
  const called = (name: string, connectedTo: readonly string[]) => ({
    outcome: `200 ${name} ${name}`,
    connectedTo,
  })
  const rejected = { outcome: 'address_not_allowed', connectedTo: [] }
  expect(byName).toEqual({
    ...Object.fromEntries(Object.keys(bad).map((name) => [name, rejected])),
    ...Object.fromEntries(Object.entries(good).map(([name, to]) => [name, called(name, to)])),
  })
  // The name has a different address since the first lookup.
  const { name } = input.changing
  expect(changing).toEqual([called(name, [PUBLIC]), called(name, [PUBLIC]), rejected, rejected])
})
