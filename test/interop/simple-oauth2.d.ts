/** The package has no types. These are the parts that the tests use. */
declare module 'simple-oauth2' {
  /** The client, its token endpoint and its authentication method. */
  export type ClientConfig = {
    readonly client: { readonly id: string; readonly secret: string }
    readonly auth: { readonly tokenHost: string; readonly tokenPath?: string }
    readonly options?: {
      readonly authorizationMethod?: 'header' | 'body'
      /** `strict` percent-encodes id and secret in Basic (RFC 6749 §2.3.1), `loose` does not. */
      readonly credentialsEncodingMode?: 'strict' | 'loose'
    }
  }

  /** The client credentials grant (RFC 6749 §4.4). */
  export class ClientCredentials {
    constructor(config: ClientConfig)
    getToken(parameters: {
      readonly scope?: string | readonly string[]
      readonly resource?: string
    }): Promise<{ readonly token: Readonly<Record<string, unknown>>; expired(): boolean }>
  }
}
