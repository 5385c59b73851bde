import { AppError } from '../../kernel/app-error.ts'

const CODE_POINTS_MIN = 8

/** The words that a password must not consist of. */
export type MemberNames = {
  readonly email: string
  readonly name: string
  readonly organizationName: string
}

/** The reason why a password is rejected, as the `code` of the field problem. */
export type PasswordWeakness = 'too_short' | 'too_common' | 'about_yourself'

const details: Record<PasswordWeakness, string> = {
  too_short: `The password must have at least ${CODE_POINTS_MIN} characters`,
  too_common: 'This password is too common. Choose a different one',
  about_yourself: 'The password must not be your name, e-mail address or organization',
}

/**
 * Requires a password of sufficient length that is neither common nor about its owner (ASVS 5.0 6.2.1,
 * 6.2.4, 6.2.11). No composition rules apply (6.2.5).
 *
 * @param pointer the JSON pointer of the password in the body
 * @throws {AppError} `invalid_request`, without the password
 */
export async function requireAcceptablePassword(
  password: string,
  owner: MemberNames,
  pointer: string,
): Promise<void> {
  const weakness = await findPasswordWeakness(password, owner)
  if (weakness === undefined) return
  const detail = details[weakness]
  throw new AppError('invalid_request', {
    detail: `${detail}.`,
    fields: [{ pointer, code: weakness, detail }],
  })
}

/** Returns the weakness of a new password. Undefined when it is acceptable. */
export async function findPasswordWeakness(
  password: string,
  owner: MemberNames,
): Promise<PasswordWeakness | undefined> {
  const text = password.normalize('NFC')
  if (Array.from(text).length < CODE_POINTS_MIN) return 'too_short'
  if (isBasedOnNames(text, owner)) return 'about_yourself'
  return (await commonPasswords()).has(text.toLowerCase()) ? 'too_common' : undefined
}

/** Returns whether a password is a word about its owner, with up to four digits appended. */
export function isBasedOnNames(password: string, { email, name, organizationName }: MemberNames) {
  const [local = '', domain = ''] = email.split('@')
  const words = [email, local, domain, domain.split('.')[0] ?? '', name, ...name.split(' ')]
  const forbidden = new Set([...words, organizationName, 'keyporter'].map(normalize))
  forbidden.delete('')
  const bare = normalize(password)
  return forbidden.has(bare) || forbidden.has(bare.replace(/[0-9]{1,4}$/, ''))
}

/** Keeps only letters and digits, in lower case. */
function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

let common: Promise<ReadonlySet<string>> | undefined

/** Returns the 49,233 most common passwords in lower case. Loaded when the first password is checked. */
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
