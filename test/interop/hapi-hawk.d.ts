/** The package brings no types; here is what the tests use of it. */
declare module '@hapi/hawk' {
  /** A shared key, found by its id. */
  export type Credentials = { readonly key: string; readonly algorithm: 'sha256' }

  export const server: {
    /** Verifies a request as a server does; rejects when anything in it is wrong. */
    authenticate(
      request: import('node:http').IncomingMessage,
      find: (id: string) => Promise<Credentials | null>,
      options: { readonly payload?: string },
    ): Promise<unknown>
  }

  export const client: {
    /** The `Authorization` header of a request. */
    header(
      uri: string,
      method: string,
      options: {
        readonly credentials: Credentials & { readonly id: string }
        readonly timestamp: number
        readonly nonce: string
        readonly payload?: string
        readonly contentType?: string
      },
    ): { readonly header: string }
  }
}
