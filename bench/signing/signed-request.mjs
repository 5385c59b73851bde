// The signed request and the keys, equal for all contenders.

export const HOST = 'api.example.com'
export const PATH = '/v1/things'
export const QUERY = { a: '1', b: '2' }
export const HEADERS = { 'Content-Type': 'application/json', Accept: '*/*' }
/** 1 KiB. */
export const BODY = JSON.stringify({ text: 'x'.repeat(1_024 - '{"text":""}'.length) })

export const CLIENT_ID = 'client-1'
export const CLIENT_SECRET = 'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtb'

/** The published example key. */
export const AWS_KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
export const REGION = 'eu-central-1'
export const SERVICE = 'execute-api'

export const TASKS = /** @type {const} */ (['rfc9421', 'sigv4-get', 'sigv4-post'])
/** @typedef {(typeof TASKS)[number]} Task */
