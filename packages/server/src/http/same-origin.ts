import type { FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'

/**
 * Requires that a change made with a session cookie, or the beginning of a session, comes from our own
 * pages (ASVS 5.0 3.5). Browsers say so themselves (`Sec-Fetch-Site`, `Origin`); what says nothing is not
 * a browser.
 *
 * @throws {AppError} `cross_origin`
 */
export function requireSameOrigin(request: FastifyRequest, publicUrl: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers['sec-fetch-site']
  const { origin } = request.headers
  const ours = new URL(publicUrl).origin
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (foreignSite || (origin !== undefined && origin !== ours)) {
    throw new AppError('cross_origin', {
      detail: 'This change was not made from the pages of this Keyporter.',
    })
  }
}
