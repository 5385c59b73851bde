/** The number that the server gave this page: styles that carry it are allowed (CSP 3 §8.1). */
export const nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''

// The name under which the library that keeps the page behind a dialog from scrolling looks for it.
Object.assign(window, { __webpack_nonce__: nonce })
