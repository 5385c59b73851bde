// Sets light or dark before the first paint. The choice itself is kept at the server; this browser has a copy.
try {
  var chosen = localStorage.getItem('keyporter.theme')
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
} catch {
  // No storage here: the program itself decides a moment later.
}
