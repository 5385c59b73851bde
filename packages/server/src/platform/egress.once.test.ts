import { createServer, type RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { createEgress, type EgressStep } from './egress.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
}

test('a request goes out as it was given, and the answer comes back as it was', async () => {
  const origin = await listen((request, response) => {
    response.setHeader('x-a', ['1', '2'])
    response.end(JSON.stringify([request.method, request.url, request.rawHeaders]))
  })
  const egress = createEgress(['127.0.0.1/32'])
  stops.unshift(egress.close)
  const steps: EgressStep[] = []
  const answer = await egress.send({
    method: 'POST',
    origin,
    target: '/a?b',
    headers: [['X-Y', 'z']],
    body: Buffer.from('hello'),
    onStep: (step) => void steps.push(step),
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.filter(([name]) => name === 'x-a')).toEqual([
    ['x-a', '1'],
    ['x-a', '2'],
  ])
  expect(JSON.parse(await text(answer.body))).toMatchObject(['POST', '/a?b', expect.anything()])
  expect(steps).toMatchObject([{ step: 'address', address: '127.0.0.1' }])
})

test('a private address is refused', async () => {
  let count = 0
  const origin = await listen((_, response) => {
    count += 1
    response.end()
  })
  const egress = createEgress([])
  const sent = egress.send({ method: 'GET', origin, target: '/', headers: [], body: null })
  await expect(sent).rejects.toMatchObject({ fault: 'address_not_allowed' })
  expect(count).toBe(0)
})
