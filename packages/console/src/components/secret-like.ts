/** Keyporter secrets with any prefix. Client IDs are shorter and do not match. */
const OUR_SECRET = /(?:^|[^a-z0-9])[a-z][a-z0-9]{1,15}_(?:live|test)_[0-9A-Za-z]{32,}/
/** "password: …", "api_key=…". */
const NAMED =
  /\b(?:password|passwd|passphrase|secret|api[_-]?key|private key|token)\s*[:=]\s*\S{6,}/i
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
/** Long, random-looking texts that are not secrets: host names, URLs, e-mail addresses and IDs. */
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/
const ADDRESS_OR_ID =
  /:\/\/|@|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^(?:kpc|cred|org|mem|api|evt|sec)_/i
const WORD_MIN = 20
/**
 * Bits per character. Long words of natural languages have about 3.2, random strings 4 and more.
 */
const ENTROPY_MIN = 3.5

/** Returns whether a text seems to contain a secret. A heuristic: use for warnings only. */
export function looksLikeSecret(text: string): boolean {
  if (OUR_SECRET.test(text) || NAMED.test(text) || PEM.test(text)) return true
  return text.split(/[\s,;"'()[\]<>]+/).some(isRandomWord)
}

function isRandomWord(word: string): boolean {
  if (word.length < WORD_MIN || HOST.test(word) || ADDRESS_OR_ID.test(word)) return false
  const isMixed = /\d/.test(word) && /[A-Za-z]/.test(word)
  return isMixed && /^[\w+/=.~-]+$/.test(word) && entropyOf(word) >= ENTROPY_MIN
}

/** Returns the Shannon entropy in bits per character. */
function entropyOf(word: string): number {
  const counts = new Map<string, number>()
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => {
    const share = count / word.length
    return sum - share * Math.log2(share)
  }, 0)
}
