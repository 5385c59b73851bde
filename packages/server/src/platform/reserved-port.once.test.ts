import { createServer, type Server } from 'node:net'
import { expect, it } from 'vitest'
import { reservePort } from './reserved-port.ts'

const HOST = '127.0.0.1'

async function listen(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, HOST, resolve),
  )
  return server
}

it('a port that is held is given to no other, and to the next that listens once it is released', async () => {
  const held = await reservePort(HOST)
  await expect(listen(held.port)).rejects.toThrow('EADDRINUSE')
  await expect(reservePort(HOST, held.port)).rejects.toThrow('EADDRINUSE')
  held.release()
  const server = await listen(held.port)
  await new Promise((resolve) => server.close(resolve))
})

it('a port may be released twice', async () => {
  const held = await reservePort(HOST)
  held.release()
  expect(held.release).not.toThrow()
})

it('an address that the machine does not have is an error', async () => {
  await expect(reservePort('192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL')
})
