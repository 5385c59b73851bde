/** What the page at the end of a consent says. */
export type PageText = { readonly title: string; readonly text: string }

/** By what came of the consent. */
export const pageTexts = {
  connected: {
    title: 'Connected',
    text: 'Keyporter can sign in to the other side now. You can close this window.',
  },
  refused: {
    title: 'Refused',
    text: 'The other side did not let Keyporter in. Nothing was changed. You can close this window and begin again.',
  },
  failed: {
    title: 'Not connected',
    text: 'The other side gave no answer that can be used. Nothing was changed. Close this window and try again later.',
  },
  expired: {
    title: 'Expired',
    text: 'This way of signing in was used already, took longer than ten minutes, or its settings were changed. Close this window and begin again.',
  },
  foreign: {
    title: 'Not yours',
    text: 'Somebody else began this, or you are not signed in to Keyporter in this browser any more. Sign in and begin again.',
  },
} as const satisfies Record<string, PageText>

/** What the page needs to know. */
export type ConsentPage = {
  readonly text: PageText
  readonly outcome: string
  readonly integrationId: string | undefined
  readonly integrationName: string | undefined
  readonly nonce: string
}

/** Pages of the console listen on it: those of the same origin, and no others. */
const CHANNEL = 'keyporter-connect'

const STYLE = `:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25}`

/**
 * The page at the end of a consent. It tells the console, which opened it, by a channel that only pages of the
 * same origin hear; a window that was opened for this closes by itself when all is well.
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

/** A page that goes on to an address of ours by itself, or by a link where it may not. */
export function returnPage(url: string, nonce: string): string {
  const address = escapeHtml(url)
  return document({
    title: 'Connecting',
    nonce,
    head: `<meta http-equiv="refresh" content="0; url=${address}">`,
    body: `<h1>Connecting</h1>\n<p><a href="${address}">Continue</a></p>`,
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
