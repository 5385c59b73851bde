/** The number that the server gave this page: styles that carry it are allowed (CSP 3 §8.1). */
export const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''
