// Phrases that the repository does not use, each with its replacement. Terms are explained in docs/glossary.md.

/**
 * @typedef {'comment' | 'text' | 'test' | 'document'} Kind   comment, string or JSX text, test name, Markdown
 *
 * @typedef {object} Phrase
 * @property {string} pattern       a regular expression; a space also matches a line break
 * @property {string} use           the replacement, for the failure message
 * @property {boolean} [exactCase]  when false or absent, upper and lower case are equal
 * @property {RegExp} [except]      paths where the phrase is permitted
 * @property {readonly Kind[]} [kinds]  where the phrase is banned; everywhere if absent
 */

/** @type {readonly Phrase[]} */
export const phrases = [
  // Standard terms.
  { pattern: `(?<![\\w/.@'"=#-])apis?(?![\\w/.\`":=-]|'(?!s))`, use: 'API, APIs', exactCase: true },
  { pattern: 'ways? of signing in', use: 'authentication type' },
  { pattern: 'kinds? of (sign-in|signing in|authentication)', use: 'authentication type' },
  {
    pattern: '(is|are|be|being|was|were) signed in to(?! (this browser|the console|keyporter))',
    use: 'authenticates with',
  },
  {
    pattern: '(calls?|requests?) (is|are|be|that signs?|which signs?) (signed )?in\\b',
    use: 'authenticated',
  },
  { pattern: 'what signs in', use: 'the authentication headers' },
  {
    pattern: 'signs? in (at|with) the (third party|other side|upstream)',
    use: 'authenticates with the upstream',
  },
  { pattern: '(gave|gives?|given|giving) (\\w+ )?values', use: 'add credentials' },
  {
    pattern:
      'values (to sign in|of (a|an|the|each|every|all|its|one|another) (connection|organization|own))',
    use: 'credentials of the connection',
  },
  {
    pattern: "(no|own|shared|organization['’]s|connection['’]s) values",
    use: 'credentials, secrets',
  },
  { pattern: 'other sides?', use: 'the upstream' },
  { pattern: "third part(y|ies)['’]s? server", use: 'the upstream' },
  { pattern: "other people['’]s (apis?|credentials|secrets)", use: 'third-party …' },
  { pattern: 'answer(s|ed|ing)?', use: 'response, returns, responds' },
  { pattern: 'doers?', use: 'actor' },
  { pattern: 'holders?', use: 'owner (of a connection), lock owner' },
  {
    pattern:
      '(?<!connections? )refus(e|es|ed|ing|als?)(?! (to [a-z]+|the connection|a connection|connections?))',
    use: 'reject (requests), decline (consent), fails',
  },
  { pattern: 'judg(e|es|ed|ing|ements?|ments?)', use: 'check, verify, decide' },
  {
    pattern: '(un|re)?seal(s|ed|ing|ings)?',
    use: 'encrypt, decrypt, re-encrypt; audit: authentication tag',
  },
  { pattern: 'present (key|one|root key|organization key|version)', use: 'current …' },
  { pattern: 'worn', use: 'exhausted' },
  { pattern: 'put at hand|at hand', use: 'available, configured' },
  {
    pattern: '(remember(s|ed|ing)?|forget(s|ting)?|forgot(ten)?)(?! (your|the) password)',
    use: 'cache; evict, invalidate',
  },
  {
    pattern: 'from memory|in its memory|(a|the|this|empty) memory of',
    use: 'from the cache, a cache of',
  },
  { pattern: 'leftovers', use: 'expired rows, retention' },
  { pattern: 'served (its|their) time', use: 'expired' },
  { pattern: 'book-?keeping|keeps? books|keepBooks', use: 'unaudited write' },
  { pattern: 'maskers?', use: 'redactor' },
  { pattern: 'blank(s|ed|ing)', use: 'redact' },
  { pattern: 'egress', use: 'outbound', except: /\.yaml$/ },
  {
    pattern: '(a|the|each|every|another|no|other|package or) nouns?(?! (clause|phrase))',
    use: 'feature, feature folder',
  },
  { pattern: '(live|living) (tokens?|sessions?|credentials?)', use: 'active, valid' },
  {
    pattern:
      '(tokens?|sessions?|credentials?|secrets?) (that )?(lives?|dies?|die with it|is dead|are dead)',
    use: 'is valid, expires, is rejected',
  },
  { pattern: '(is|was|are) needs? attention|worth attention', use: 'warnings' },
  { pattern: '(re)?admissions?|entrances?', use: 'authentication' },
  { pattern: 'surroundings', use: 'overrides, options' },
  { pattern: 'knowledge', use: 'lookup result, cached entry' },
  { pattern: 'slots?', use: 'permit, entry' },
  { pattern: 'gates?', use: 'semaphore' },
  { pattern: '(long|short)est lifetime|usual lifetime', use: 'maximum, minimum, default lifetime' },
  { pattern: 'login calls?', use: 'login request' },
  { pattern: 'one-time links?', use: 'invitation link, reset link, setup link' },
  {
    pattern: '(all )?calls (are|is) (already )?rejected',
    use: 'requests are rejected',
    kinds: ['text'],
  },
  { pattern: 'set-up', use: 'setup (noun), set up (verb)' },

  // Metaphors.
  {
    pattern: '(one |private |front |issued |stored )?doors?(?! (lock|bell))',
    use: 'the only way, endpoint, credentials',
  },
  { pattern: '(two|both|contract|one) roads?|roads? lead', use: 'path, pipeline' },
  { pattern: '(the|a|this) walk(?! (the|through))', use: 'tutorial, example' },
  { pattern: 'bears?|borne', use: 'has, contains' },
  { pattern: 'rooms?|houses?', use: 'folder, space, limit' },
  { pattern: '(leads?|leading) (to|elsewhere|astray)', use: 'resolves to, refers to, causes' },
  { pattern: 'talks? to', use: 'calls, connects to' },
  { pattern: 'speaks? (tls|for our|as we)', use: 'supports, uses' },
  { pattern: 'nobody(?! uses)|no one', use: 'no caller, no member; passive voice' },
  { pattern: "somebody|someone else's|somebody else", use: 'a member, a caller, another …' },
  { pattern: 'who(so)?ever|whomever', use: 'the caller, the member, each … that' },

  // Home-made or archaic wording.
  { pattern: 'anew', use: 'again, re-…' },
  { pattern: 'again and again', use: 'repeatedly' },
  {
    pattern:
      'stand(s|ing)? (in|at|beside|below|above|behind|there|here|alone|first|last|somewhere|next|under|still)',
    use: 'is, is in, replaces',
  },
  { pattern: '(give|gives|given|gave|giving) back', use: 'returns' },
  { pattern: 'belongs? into', use: 'belongs in' },
  { pattern: '(it|what|this|that|rule) holds (for|from|now)', use: 'applies' },
  {
    pattern:
      'is no (address|api|http|json|url|text|number|name|object|match|secret|key|token|valid|member|owner)',
    use: 'is not a …',
  },
  { pattern: 'for good(?! measure)', use: 'permanently' },
  { pattern: 'for ever', use: 'permanently, forever' },
  { pattern: 'as (it|they) stands?', use: 'as is, unchanged' },
  { pattern: 'told apart', use: 'distinguished' },
  { pattern: 'all the same', use: 'anyway' },
  { pattern: 'in spite of', use: 'despite' },
  { pattern: 'comes? along', use: 'is included' },
  { pattern: 'comes? of it', use: 'results' },
  { pattern: 'word for word', use: 'verbatim' },
  { pattern: 'reckon(s|ed|ing)?', use: 'compute, estimate' },
  { pattern: 'mend(s|ed|ing)?', use: 'fix' },
  { pattern: 'lest', use: 'so that … not' },
  { pattern: 'of ours', use: 'of Keyporter, internal' },
  { pattern: 'by turns', use: 'alternating' },
  { pattern: 'to be had', use: 'available' },
  { pattern: 'without a word( of)?', use: 'without, silently' },
  { pattern: 'lies? (in|beside|outside|there|here|at|between)', use: 'is in, is next to' },
  { pattern: 'of our own(?! accord)', use: 'Keyporter’s, internal' },
  {
    pattern: 'of (another|other) makers?|other makers|programs of others',
    use: 'third-party, independent implementation',
  },
  { pattern: '(looked|looks|look) after', use: 'manage' },
  { pattern: 'no longer good|is (it )?good (for|until)|good for', use: 'valid, valid for' },
  { pattern: 'put right', use: 'fix' },
  { pattern: 'is to be (?!confused)|are to be', use: 'must be, is' },
  { pattern: 'is done with', use: 'is finished' },
  { pattern: 'tell(s)? of', use: 'reports' },
  { pattern: 'told', use: 'notified, reported' },
  { pattern: 'begun', use: 'started' },
  { pattern: '(goes?|went|going) on', use: 'continues' },
  { pattern: '(came|comes?|coming|come) back', use: 'is returned, arrives' },
  { pattern: 'is over', use: 'has expired, has ended' },
  { pattern: 'did not work', use: 'failed, with the reason' },
  { pattern: 'exists now', use: 'was created' },
  { pattern: 'odd(ly)?', use: 'unusual' },
  { pattern: 'thereby|therein|thereof|hence|thus|whilst|amongst|upon', use: 'a simpler word' },
  {
    pattern: 'please|sorry|unfortunately|oops',
    use: 'the problem and the remedy, without an apology',
    kinds: ['text', 'document'],
  },

  // Sentences that begin with a noun clause.
  {
    pattern:
      '(?<=^|[.!?:] |\\n\\n|\\| )What (is|was|are|were|it|came|comes|has|had|holds|cannot|can|could|stands|does|goes|must|may|we|they|you|one|a|an|the)\\b(?![^.!?|]*\\?)',
    use: 'a noun as the subject',
    exactCase: true,
    kinds: ['text', 'test'],
  },
  {
    pattern:
      '(?<=^|[.!?:] |\\n\\n|\\| )Who (is|was|has|may|lost|does|can|gets|knows|holds|asks)\\b(?![^.!?|]*\\?)',
    use: 'a noun as the subject',
    exactCase: true,
  },
  {
    pattern: '(?<=^\\s*|[.!?:;] )What (?!if)\\w+(?![^.!?|]*\\?)',
    use: 'a noun as the subject, or a verb such as "Returns"',
    exactCase: true,
    kinds: ['comment', 'document'],
  },
  {
    pattern:
      'what (is|was|are|were|has|had|comes|came|goes|went|lies|stands|cannot|belongs|remains|follows|lacks|stays|differs|arrives|leaves|serves)',
    use: 'a noun',
    exactCase: true,
    kinds: ['comment', 'document', 'test'],
  },

  // References that a reader of the repository cannot follow.
  {
    pattern: '(?<![\\w+#-])([TGO]\\d|[A-Z]\\d{2})(?![\\w:-])',
    use: 'the rule itself, not the number of a check',
    exactCase: true,
    except: /^docs\/parity\.md$/,
  },
  {
    pattern: '(?<![\\w+#-])[A-F][1-9](?![\\w:-])',
    use: 'the requirement itself, not its id',
    exactCase: true,
    except: /^docs\/parity\.md$/,
  },
]

/** @param {Phrase} phrase */
export function toExpression({ pattern, exactCase }) {
  const body = `\\b(?:${pattern})\\b`
  return new RegExp(body.replaceAll(' ', '\\s+'), exactCase ? 'gu' : 'giu')
}
