/** Title and text of the page that ends a consent. */
export type PageText = { readonly title: string; readonly text: string }

/** The texts by outcome of the consent. */
export const pageTexts = {
  connected: {
    title: 'Connected',
    text: 'Keyporter can now access the provider on your behalf. You can close this window.',
  },
  rejected: {
    title: 'Access denied',
    text: 'The provider denied access. Nothing was changed. Close this window and try again.',
  },
  failed: {
    title: 'Not connected',
    text: 'The provider did not return a valid response. Nothing was changed. Close this window and try again later.',
  },
  expired: {
    title: 'Expired',
    text: 'This request was already used, is older than ten minutes, or the settings were changed. Close this window and start again.',
  },
  foreign: {
    title: 'Wrong session',
    text: 'This request was started in another session, or you are signed out of Keyporter. Sign in and start again.',
  },
} as const satisfies Record<string, PageText>

/** The contents of {@link consentPage}. */
export type ConsentPage = {
  readonly text: PageText
  readonly outcome: string
  readonly integrationId: string | undefined
  readonly integrationName: string | undefined
  readonly nonce: string
}

/** The console listens on this channel. Only pages of the same origin can. */
const CHANNEL = 'keyporter-connect'

const STYLE = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}`

/**
 * Returns the HTML of the page that ends a consent. The page reports the outcome to the console through a
 * `BroadcastChannel`, and closes its window after a success.
 */
export function consentPage(page: ConsentPage): string {
  const { text, outcome, integrationId = null, integrationName, nonce } = page
  const message = JSON.stringify({ outcome, integrationId })
  const name = integrationName === undefined ? '' : `<p>${escapeHtml(integrationName)}</p>\n`
  return document({
    title: text.title,
    nonce,
    head: '',
    body: `<h1>${text.title}</h1>
${name}<p>${text.text}</p>
<script nonce="${nonce}">
const channel = new BroadcastChannel('${CHANNEL}')
channel.postMessage(${message.replaceAll('<', '\\u003c')})
channel.close()
${outcome === 'connected' ? 'window.close()' : ''}
</script>`,
  })
}

/** Returns the HTML of a page that redirects to a same-origin URL, with a link as fallback. */
export function reloadPage(url: string, nonce: string): string {
  const href = escapeHtml(url)
  return document({
    title: 'Connecting',
    nonce,
    head: `<meta http-equiv="refresh" content="0; url=${href}">`,
    body: `<h1>Connecting</h1>\n<p><a href="${href}">Continue</a></p>`,
  })
}

function document({
  title,
  nonce,
  head,
  body,
}: {
  readonly title: string
  readonly nonce: string
  readonly head: string
  readonly body: string
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}
<title>${title} · Keyporter</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}
