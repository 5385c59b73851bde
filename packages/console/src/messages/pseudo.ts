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

/** English that is plainly no English, 40 % longer: what is not in a catalogue, or finds no room, stands out. */
export function pseudo(text: string): string {
  if (text.trim() === '') return text
  const accented = Array.from(text, (letter) => accents[letter] ?? letter).join('')
  const dots = '·'.repeat(Math.ceil(text.length * 0.4))
  // In words, as longer languages are: nothing has to find room for one endless one.
  const words = dots.match(new RegExp(`.{1,${WORD}}`, 'g')) ?? []
  return `⟦${accented}${words.join(' ')}⟧`
}
