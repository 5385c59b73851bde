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

it('a reserved port is unavailable until it is released', async () => {
  const reserved = await reservePort(HOST)
  await expect(listen(reserved.port)).rejects.toThrow('EADDRINUSE')
  await expect(reservePort(HOST, reserved.port)).rejects.toThrow('EADDRINUSE')
  reserved.release()
  const server = await listen(reserved.port)
  await new Promise((resolve) => server.close(resolve))
})

it('a port may be released twice', async () => {
  const reserved = await reservePort(HOST)
  reserved.release()
  expect(reserved.release).not.toThrow()
})

it('an address of another machine is an error', async () => {
  await expect(reservePort('192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL')
})
