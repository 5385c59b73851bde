import { AppError } from '../../kernel/app-error.ts'

const CODE_POINTS_MIN = 8

/** What a password must not be made of. */
export type PasswordOwner = {
  readonly email: string
  readonly name: string
  readonly organizationName: string
}

/** Why a password is refused. */
export type PasswordWeakness = 'too_short' | 'too_common' | 'about_yourself'

const sentences: Record<PasswordWeakness, string> = {
  too_short: `At least ${CODE_POINTS_MIN} characters`,
  too_common: 'This password is one of the most common ones: guessers try it first',
  about_yourself: 'Your own name, address or organization is no password',
}

/**
 * Requires a password that guessers do not try first (ASVS 5.0 6.2.1, 6.2.4, 6.2.11). Any characters
 * will do, and no mixture of them is asked for (6.2.5).
 *
 * @param pointer the field of the body that holds it
 * @throws {AppError} `invalid_request`, pointing at the field and never showing it
 */
export async function requireAcceptablePassword(
  password: string,
  owner: PasswordOwner,
  pointer: string,
): Promise<void> {
  const fault = await findPasswordWeakness(password, owner)
  if (fault === undefined) return
  const detail = sentences[fault]
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer, code: fault, detail }],
  })
}

/** What is wrong with a new password; undefined when nothing is. */
export async function findPasswordWeakness(
  password: string,
  owner: PasswordOwner,
): Promise<PasswordWeakness | undefined> {
  const text = password.normalize('NFC')
  if (Array.from(text).length < CODE_POINTS_MIN) return 'too_short'
  if (isAboutOwner(text, owner)) return 'about_yourself'
  return (await commonPasswords()).has(text.toLowerCase()) ? 'too_common' : undefined
}

/** Whether a password is nothing but a word that everyone knows of its owner, with a number at most. */
export function isAboutOwner(password: string, { email, name, organizationName }: PasswordOwner) {
  const [local = '', domain = ''] = email.split('@')
  const words = [email, local, domain, domain.split('.')[0] ?? '', name, ...name.split(' ')]
  const known = new Set([...words, organizationName, 'keyporter'].map(normalize))
  known.delete('')
  const bare = normalize(password)
  return known.has(bare) || known.has(bare.replace(/[0-9]{1,4}$/, ''))
}

/** Letters and digits alone, in lower case. */
function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

let common: Promise<ReadonlySet<string>> | undefined

/** The 49,233 most common passwords in lower case, loaded when the first password is chosen. */
async function commonPasswords(): Promise<ReadonlySet<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) =>
      new Set(
        dictionary['passwords-common']
          .filter((password) => password.length >= CODE_POINTS_MIN)
          .map((password) => password.toLowerCase()),
      ),
  )
  return common
}
