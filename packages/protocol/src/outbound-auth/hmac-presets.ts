/** The schemes of `hmac_sha256` that a recipe can express. */
import type { HmacRecipe } from './hmac-recipe.ts'

const CLIENT_ID = { name: 'X-Client-Id', value: '{client_id}' }

/** The scheme of Keyporter, for upstreams without a scheme of their own. */
export const SIMPLE: HmacRecipe = {
  parts: [
    { part: 'timestamp' },
    { part: 'literal', text: '.' },
    { part: 'method' },
    { part: 'literal', text: '.' },
    { part: 'path' },
    { part: 'query', mark: true },
    { part: 'literal', text: '.' },
    { part: 'body' },
  ],
  separator: '',
  headers: [
    CLIENT_ID,
    { name: 'X-Timestamp', value: '{timestamp}' },
    { name: 'X-Signature', value: '{signature}' },
  ],
}

/**
 * Azure App Configuration.
 *
 * @see https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authentication-hmac
 */
export const AZURE: HmacRecipe = {
  parts: [
    { part: 'method' },
    { part: 'literal', text: '\n' },
    { part: 'path' },
    { part: 'query', mark: true },
    { part: 'literal', text: '\n' },
    { part: 'timestamp' },
    { part: 'literal', text: ';' },
    { part: 'host' },
    { part: 'literal', text: ';' },
    { part: 'body_sha256', encoding: 'base64' },
  ],
  separator: '',
  timestamp: 'http_date',
  key: 'base64',
  output: 'base64',
  headers: [
    { name: 'x-ms-date', value: '{timestamp}' },
    { name: 'x-ms-content-sha256', value: '{body_sha256}' },
    {
      name: 'Authorization',
      value:
        'HMAC-SHA256 Credential={client_id}&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}',
    },
  ],
}

/**
 * The scheme of Stripe webhooks.
 *
 * @see https://docs.stripe.com/webhooks#verify-manually
 */
export const STRIPE: HmacRecipe = {
  parts: [{ part: 'timestamp' }, { part: 'body' }],
  separator: '.',
  headers: [CLIENT_ID, { name: 'Stripe-Signature', value: 't={timestamp},v1={signature}' }],
}

/**
 * The scheme of Shopify webhooks.
 *
 * @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 */
export const SHOPIFY: HmacRecipe = {
  parts: [{ part: 'body' }],
  separator: '',
  output: 'base64',
  headers: [CLIENT_ID, { name: 'X-Shopify-Hmac-Sha256', value: '{signature}' }],
}
