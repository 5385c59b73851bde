/** The package has no types. These are the parts that the tests use. */
declare module '@hapi/hawk' {
  /** A shared key. */
  export type Credentials = { readonly key: string; readonly algorithm: 'sha256' }

  export const server: {
    /** Verifies a request as a server; rejects if any part is invalid. */
    authenticate(
      request: import('node:http').IncomingMessage,
      find: (id: string) => Promise<Credentials | null>,
      options: { readonly payload?: string },
    ): Promise<unknown>
  }

  export const client: {
    /** Returns the `Authorization` header of a request. */
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
