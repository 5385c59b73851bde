import { describe, expect, it } from 'vitest'
import { titleOf, useConsent } from '../../../../../test/support/consent.ts'
import {
  putSecrets,
  requestSharedConnection,
  sharedConnection,
} from '../../../../../test/support/upstream-connection.ts'

// Requests to the callback that must not complete a consent.

const { startConsent, requestCallback, grace, integrationId, server, upstream, recordRequests } =
  useConsent()

describe('rejects', () => {
  it('a state can be used only once', async () => {
    const { state } = await startConsent()
    await requestCallback(`code=c&state=${state}`)
    const requests = recordRequests()
    const again = await requestCallback(`code=c&state=${state}`)
    expect([again.status, titleOf(again)]).toEqual([400, 'Expired'])
    expect(requests()).toEqual([])
  })

  it('of two concurrent requests with one state, only one succeeds', async () => {
    const { state } = await startConsent()
    const requests = recordRequests()
    const pages = await Promise.all([1, 2, 3].map(() => requestCallback(`code=c&state=${state}`)))
    const titles = pages.map(titleOf)
    expect(titles).toContain('Connected')
    expect(titles.filter((title) => title === 'Expired')).toHaveLength(2)
    expect(requests()).toHaveLength(1)
  })

  it('another member or no session cannot complete a consent, which stays usable', async () => {
    const { state } = await startConsent()
    const requests = recordRequests()
    const hers = await requestCallback(`code=c&state=${state}`, grace())
    expect([hers.status, titleOf(hers)]).toEqual([403, 'Wrong session'])
    const nobodys = await requestCallback(`code=c&state=${state}&again=1`, null)
    expect([nobodys.status, titleOf(nobodys)]).toEqual([403, 'Wrong session'])
    expect(requests()).toEqual([])
    expect(titleOf(await requestCallback(`code=c&state=${state}`))).toBe('Connected')
  })

  it('a member who lost the privilege cannot complete a consent', async () => {
    const { state } = await startConsent(grace())
    const rights = (privileges: string[]) =>
      server().send('PATCH', `/v1/members/${grace().id}`, { body: { privileges } })
    await rights(['integrations.view'])
    expect(titleOf(await requestCallback(`code=c&state=${state}`, grace()))).toBe('Wrong session')
    await rights(['integrations.view', 'integrations.manage'])
  })

  it('a consent expires after ten minutes', async () => {
    const { state } = await startConsent()
    server().clock.move(600_000)
    expect(titleOf(await requestCallback(`code=c&state=${state}`))).toBe('Expired')
  })

  it.each([
    '',
    'code=c',
    'state=',
    'state=S',
    'state=S&code=',
    'state=S&state=S&code=c',
    'state=S&code=c&code=d',
    'state=S&error=a&error=b',
    `state=S&code=${'c'.repeat(4_097)}`,
    'state=X&code=c',
    'state=%00&code=c',
  ])('the query %s cannot complete a consent', async (query) => {
    const { state } = await startConsent()
    const tampered = `${state.slice(1)}${state.startsWith('A') ? 'B' : 'A'}`
    const requests = recordRequests()
    const page = await requestCallback(query.replaceAll('S', state).replace('X', tampered))
    expect([page.status, titleOf(page)]).toEqual([400, 'Expired'])
    expect(requests()).toEqual([])
  })

  it('an error from the upstream is not shown, and the previous token stays valid', async () => {
    await requestCallback(`code=c&state=${(await startConsent()).state}`)
    const { state } = await startConsent()
    const requests = recordRequests()
    const page = await requestCallback(
      `error=access_denied%3Cscript%3E&error_description=canary&code=c&state=${state}`,
    )
    expect([page.status, titleOf(page)]).toEqual([403, 'Access denied'])
    expect(page.text).not.toMatch(/access_denied|canary/)
    expect(titleOf(await requestCallback(`code=c&state=${state}`))).toBe('Expired')
    expect(requests()).toEqual([])
    expect(await sharedConnection(server(), integrationId())).toMatchObject({ status: 'working' })
  })

  it.each([
    [
      { status: 400, body: { error: 'invalid_grant', error_description: 'canary' } },
      'Access denied',
    ],
    [{ status: 503, body: 'canary' }, 'Not connected'],
    [{ status: 200, body: '<html>canary' }, 'Not connected'],
  ])('a code with the token response %j does not connect', async (reply, title) => {
    const { state } = await startConsent()
    upstream().respond = () => reply
    const page = await requestCallback(`code=c&state=${state}`)
    expect(titleOf(page)).toBe(title)
    expect(page.text).not.toContain('canary')
    expect(await sharedConnection(server(), integrationId())).toMatchObject({
      statusReason: 'consent_required',
    })
  })

  it('a code is not sent to another token endpoint than at the start', async () => {
    const { state } = await startConsent()
    const requests = recordRequests()
    const { auth } = (await server().send('GET', `/v1/integrations/${integrationId()}`)).body
    const moved = { ...auth, tokenUrl: `${upstream().origin}/elsewhere` }
    await server().send('PATCH', `/v1/integrations/${integrationId()}`, { body: { auth: moved } })
    const kind = 'oauth2_authorization_code'
    await putSecrets(server(), integrationId(), { kind, clientSecret: 's3cret-of-ours' })
    expect(titleOf(await requestCallback(`code=c&state=${state}`))).toBe('Expired')
    expect(requests()).toEqual([])
  })

  it('an organization without the feature stored gets not_found', async () => {
    const { state } = await startConsent()
    const features = (stored: boolean) =>
      server().send('PATCH', `/v1/organizations/${server().operatorId}`, {
        body: { features: { issued: true, stored, webhooks: true } },
      })
    await features(false)
    expect((await requestSharedConnection(server(), integrationId(), 'authorize')).status).toBe(404)
    expect((await requestCallback(`code=c&state=${state}`)).status).toBe(404)
    await features(true)
    expect(titleOf(await requestCallback(`code=c&state=${state}`))).toBe('Connected')
  })

  it('a missing connection, missing credentials and other authentication types get their own codes', async () => {
    const send = (path: string, verb: string) =>
      server().send('POST', `/v1/integrations/${path}/${verb}`, { body: {} })
    const codes = async (path: string) =>
      Promise.all(['authorize', 'token'].map(async (verb) => (await send(path, verb)).body.code))
    const nobody = integrationId().replace(/.{4}$/, 'zzzz')
    expect(await codes(`${nobody}/connections/shared`)).toEqual(['not_found', 'not_found'])
    expect(await codes(`${integrationId()}/connections/org_nobody`)).toEqual([
      'not_found',
      'not_found',
    ])
    expect(await codes(`${integrationId()}/connections/${server().operatorId}`)).toEqual([
      'connection_missing',
      'connection_missing',
    ])
    const none = await server().send('POST', '/v1/integrations', {
      body: { name: 'Open', baseUrl: 'https://open.example.com', contentType: 'json' },
    })
    expect(await codes(`${none.body.id}/connections/shared`)).toEqual([
      'operation_not_supported',
      'operation_not_supported',
    ])
    expect((await requestSharedConnection(server(), integrationId(), 'token')).body.code).toBe(
      'connection_missing',
    )
  })
})
