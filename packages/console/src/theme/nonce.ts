/** The CSP nonce of this page, required on inline styles (CSP Level 3 §8.1). */
export const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''
