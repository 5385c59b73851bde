/** The request body of a login request, with user name and password. */
import { encodeFormComponent } from './form.ts'

/** The credentials that replace the placeholders. */
export type LoginCredentials = { readonly username: string; readonly password: string }

/** The format of a login body. */
export type LoginBodyType = 'json' | 'form'

const encoders: Record<LoginBodyType, (value: string) => string> = {
  // Without quotes, because the template contains them.
  json: (value) => JSON.stringify(value).slice(1, -1),
  form: encodeFormComponent,
}

/**
 * Replaces `{{username}}` and `{{password}}` in the template. Encodes the credentials for the body type, and
 * does not replace placeholders within them.
 *
 * @example fillLoginBody('u={{username}}', 'form', { username: 'a&b', password: '' }) // 'u=a%26b'
 */
export function fillLoginBody(
  template: string,
  type: LoginBodyType,
  credentials: LoginCredentials,
): string {
  const encode = encoders[type]
  return template.replaceAll(/\{\{(username|password)\}\}/g, (_, name: keyof LoginCredentials) =>
    encode(credentials[name]),
  )
}

/**
 * Whether the filled template is valid for its type with all credentials. In JSON, placeholders must be
 * within strings.
 */
export function isValidLoginTemplate(template: string, type: LoginBodyType): boolean {
  if (type === 'form') return true
  // Neither value is valid JSON outside of a string.
  return ['a"\\ b', ''].every((value) =>
    isJson(fillLoginBody(template, type, { username: value, password: value })),
  )
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
