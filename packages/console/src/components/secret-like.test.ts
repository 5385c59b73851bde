import { describe, expect, it } from 'vitest'
import { looksLikeSecret } from './secret-like.ts'

describe('a text that looks like a secret', () => {
  it('is a Keyporter secret, a named secret, a private key or a long random word', () => {
    for (const text of [
      `see kp_live_${'9aXq'.repeat(12)}1`,
      `(acme_test_${'Zz09'.repeat(12)}q)`,
      'password: correct-horse',
      'API_KEY=abc123456',
      '-----BEGIN RSA PRIVATE KEY-----',
      'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY4',
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln',
    ]) {
      expect([text, looksLikeSecret(text)]).toEqual([text, true])
    }
  })

  it('is not an ordinary note with host names, URLs, IDs or long words', () => {
    for (const text of [
      '',
      'Runs at 02:00 on build-server-17.internal.example.com, ask ada@example.com',
      'Client ID kpc_live_7Hq2abcdefGHIJKLmn0p, see https://wiki.example.com/a/1b2c3d4e5f6a7b8c9d0e',
      'cred_01JABCDEFGHJKMNPQRSTVWXYZ0 replaces this one',
      'Ticket 3f2504e0-4f89-11d3-9a0c-0305e82c3301',
      'Donaudampfschifffahrtsgesellschaftskapitän',
      'Token for the nightly sync; the secret is in the vault',
    ]) {
      expect([text, looksLikeSecret(text)]).toEqual([text, false])
    }
  })
})
