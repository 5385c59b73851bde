import { useEffect, useRef, useState } from 'react'
import { type Draft, type Purpose, type SuggestedField, suggest } from './draft.ts'
import type { ExpiryTerms } from './expiry.ts'
import type { FormOptions } from './form-options.ts'
import type { PrefillSearch } from './prefill.ts'
import { readingOf, type Start, startForm } from './start.ts'

type DraftTerms = {
  readonly options: FormOptions
  readonly terms: ExpiryTerms
  readonly search: PrefillSearch
  readonly environment: Draft['environment']
  readonly nameCopy: (name: string) => string
}

/** The input of the form and the functions that change it. */
export type DraftState = {
  readonly draft: Draft
  readonly start: Start
  /** Whether the input differs from the initial state. */
  readonly isTouched: boolean
  readonly change: (changes: Partial<Draft>) => void
  /** Applies the defaults of a purpose, except to fields that the member set. */
  readonly choose: (purpose: Purpose) => void
  readonly chooseApi: (id: string) => void
}

const suggested = ['expiry', 'permissions', 'environment'] as const

/** Manages the input of the form. */
export function useDraft(given: DraftTerms): DraftState {
  const { options, terms, environment } = given
  const [start] = useState(() => startForm(given))
  const [draft, setDraft] = useState(start.draft)
  const [edited, setEdited] = useState<ReadonlySet<SuggestedField>>(start.edited)
  const change = (changes: Partial<Draft>): void => {
    setDraft((before) => ({ ...before, ...changes }))
    const chosen = suggested.filter((field) => changes[field] !== undefined)
    if (chosen.some((field) => !edited.has(field))) setEdited(new Set([...edited, ...chosen]))
  }
  const apply = (apiId: string, purpose: Purpose, before: Draft): Draft =>
    suggest(before, purpose, {
      edited,
      policy: terms.policy,
      environment,
      reading: readingOf(options.apis.find(({ id }) => id === apiId)),
    })
  useOnChange(environment, (now) => {
    if (!edited.has('environment')) setDraft((before) => ({ ...before, environment: now }))
  })
  return {
    draft,
    start,
    isTouched: Object.entries(start.draft).some(
      ([name, value]) => Reflect.get(draft, name) !== value,
    ),
    change,
    choose: (purpose) => setDraft((before) => apply(before.apiId, purpose, before)),
    chooseApi: (apiId) => {
      // Permissions belong to one API.
      const next = { ...draft, apiId, permissions: new Set<string>() }
      setDraft(draft.purpose === undefined ? next : apply(apiId, draft.purpose, next))
    },
  }
}

/** Calls `onChange` when a value changes, but not for its initial value. */
function useOnChange<T>(value: T, onChange: (value: T) => void): void {
  const seen = useRef(value)
  useEffect(() => {
    if (seen.current === value) return
    seen.current = value
    onChange(value)
  })
}
