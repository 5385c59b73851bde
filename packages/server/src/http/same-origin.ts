import type { FastifyRequest } from 'fastify'
import { AppError } from '../kernel/app-error.ts'

/**
 * Requires that a change with a session cookie, or a sign-in, comes from the same origin (CSRF protection,
 * ASVS 5.0 3.5). Browsers send `Sec-Fetch-Site` or `Origin`; a request with neither is not from a browser.
 *
 * @throws {AppError} `cross_origin`
 */
export function requireSameOrigin(request: FastifyRequest, publicUrl: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers['sec-fetch-site']
  const { origin } = request.headers
  const isCrossSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (isCrossSite || (origin !== undefined && origin !== new URL(publicUrl).origin)) {
    throw new AppError('cross_origin', {
      detail: 'Cross-origin requests cannot use a session. Make the change in the console.',
    })
  }
}
