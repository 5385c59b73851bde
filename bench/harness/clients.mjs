// The clients, scope and audience of the benchmarks, equal for all servers, so that each does the same work.
import { randomBytes } from 'node:crypto'

export const SCOPE = 'ORDERS_READ ORDERS_WRITE'
export const AUDIENCE = 'https://orders.example.com'
export const ISSUER = 'https://issuer.example.com'

/** Number of clients that call in turn, so that a cache of one entry does not help. */
export const CLIENTS = 100

/** Client IDs and secrets of the same length as Keyporter's. */
export function makePairs() {
  return Array.from({ length: CLIENTS }, () => ({
    clientId: `kpc_live_${randomBytes(10).toString('hex')}`,
    clientSecret: `kp_live_${randomBytes(25).toString('hex').slice(0, 49)}`,
  }))
}

/** @param {{ port: number, scenarios: Record<string, import('./load.mjs').Scenario> }} announcement */
export function announce(announcement) {
  process.stdout.write(`${JSON.stringify(announcement)}\n`)
}
