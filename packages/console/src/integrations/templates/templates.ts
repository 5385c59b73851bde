import type { Template } from './template.ts'
import data from './templates.json'

/** The templates of well-known APIs. */
export const templates: readonly Template[] = data

export function findTemplate(id: string | undefined): Template | undefined {
  return templates.find((template) => template.id === id)
}
