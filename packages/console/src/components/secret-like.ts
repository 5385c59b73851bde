/** Our own secrets, whatever their prefix; a client ID is shorter and passes. */
const OUR_SECRET = /(?:^|[^a-z0-9])[a-z][a-z0-9]{1,15}_(?:live|test)_[0-9A-Za-z]{32,}/
/** "password: …", "api_key=…". */
const NAMED =
  /\b(?:password|passwd|passphrase|secret|api[_-]?key|private key|token)\s*[:=]\s*\S{6,}/i
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
/** What may be long and look random, and is no secret: hosts, addresses and the ids of things. */
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/
const ADDRESS_OR_ID =
  /:\/\/|@|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^(?:kpc|cred|org|mem|api|evt|sec)_/i
const WORD_MIN = 20
/** Bits per character: a long word of any language has about 3.2, a random one of this length 4 and more. */
const ENTROPY_MIN = 3.5

/** Whether a text seems to hold a secret. Wrong now and then, which is why it only ever warns. */
export function looksLikeSecret(text: string): boolean {
  if (OUR_SECRET.test(text) || NAMED.test(text) || PEM.test(text)) return true
  return text.split(/[\s,;"'()[\]<>]+/).some(isRandomWord)
}

function isRandomWord(word: string): boolean {
  if (word.length < WORD_MIN || HOST.test(word) || ADDRESS_OR_ID.test(word)) return false
  const isMixed = /\d/.test(word) && /[A-Za-z]/.test(word)
  return isMixed && /^[\w+/=.~-]+$/.test(word) && entropyOf(word) >= ENTROPY_MIN
}

/** Shannon's entropy of the characters, in bits for each. */
function entropyOf(word: string): number {
  const counts = new Map<string, number>()
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => {
    const share = count / word.length
    return sum - share * Math.log2(share)
  }, 0)
}
