/** The first step of a two-step login: a body with a person's or a program's name and password in it. */
import { encodeFormComponent } from './upstream-request.ts'

/** What stands in the places of a template. */
export type LoginCredentials = { readonly username: string; readonly password: string }

/** How a login's body is written. */
export type LoginBodyType = 'json' | 'form'

const encoders: Record<LoginBodyType, (value: string) => string> = {
  // Within the quotes that the template has.
  json: (value) => JSON.stringify(value).slice(1, -1),
  form: encodeFormComponent,
}

/**
 * The template with `{{username}}` and `{{password}}` replaced by the values, each encoded so that it stays
 * one value. What stands in a value is not looked at again.
 *
 * @example fillLoginBody('u={{username}}', 'form', { username: 'a&b', password: '' }) // 'u=a%26b'
 */
export function fillLoginBody(
  template: string,
  type: LoginBodyType,
  values: LoginCredentials,
): string {
  const encode = encoders[type]
  return template.replaceAll(/\{\{(username|password)\}\}/g, (_, name: keyof LoginCredentials) =>
    encode(values[name]),
  )
}

/**
 * Whether a template gives a body of its type whatever the values are: JSON has to be whole, with the
 * placeholders within texts.
 */
export function isLoginTemplate(template: string, type: LoginBodyType): boolean {
  if (type === 'form') return true
  // Two values, neither of which could be a number, a name, or nothing at all in JSON.
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
