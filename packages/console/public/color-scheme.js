// Sets light or dark mode before the first paint. The server stores the preference; this browser has a copy.
try {
  var chosen = localStorage.getItem('keyporter.theme')
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
} catch {
  // Storage is unavailable: the application sets the theme when it starts.
}
