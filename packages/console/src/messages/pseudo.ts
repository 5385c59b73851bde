const accents: Readonly<Record<string, string>> = {
  a: 'á',
  e: 'é',
  i: 'í',
  o: 'ó',
  u: 'ú',
  c: 'ç',
  n: 'ñ',
  s: 'š',
  y: 'ý',
  z: 'ž',
  A: 'Á',
  E: 'É',
  I: 'Í',
  O: 'Ó',
  U: 'Ú',
  C: 'Ç',
  N: 'Ñ',
  S: 'Š',
  Y: 'Ý',
  Z: 'Ž',
}

const WORD = 5

/**
 * Returns accented, 40 % longer text. Makes missing catalogue entries and layouts that are too
 * narrow visible.
 */
export function pseudo(text: string): string {
  if (text.trim() === '') return text
  const accented = Array.from(text, (letter) => accents[letter] ?? letter).join('')
  const dots = '·'.repeat(Math.ceil(text.length * 0.4))
  // Split into words, because real translations can wrap too.
  const words = dots.match(new RegExp(`.{1,${WORD}}`, 'g')) ?? []
  return `⟦${accented}${words.join(' ')}⟧`
}
