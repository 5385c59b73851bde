import { SdkError } from '@keyporter/sdk'
import { useRef, useState } from 'react'

/** The state of a form's submission. */
export type Submission = {
  readonly isBusy: boolean
  /** The error of the whole form; undefined if there is none or the fields show it. */
  readonly error: unknown
  /** Returns the error of a field by API name; undefined if the field is valid. */
  readonly fieldError: (name: string) => string | undefined
  /** Clears the error of a field. */
  readonly touch: (name: string) => void
  /** Returns the input props of a field. Place other props after them to override. */
  readonly field: (name: string, value: string, onChange: (value: string) => void) => FormField
  /** Runs the submission. Ignored while another run is in progress. Resolves to true on success. */
  readonly run: (
    work: () => Promise<void>,
    clientErrors?: Readonly<Record<string, string | undefined>>,
  ) => Promise<boolean>
  readonly reset: () => void
}

/** Props of an input. Browser autofill is off unless a field enables it. */
export type FormField = {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (event: { readonly currentTarget: { readonly value: string } }) => void
  readonly autoComplete: string
}

type State = { readonly error: unknown; readonly fields: Readonly<Record<string, string>> }

const nothing: State = { error: undefined, fields: {} }

/**
 * Submits a form and shows the server's validation errors at the fields. Keeps the input. The
 * first invalid field receives the focus.
 */
export function useSubmission(): Submission {
  const [state, setState] = useState<State>(nothing)
  const [isBusy, setBusy] = useState(false)
  const busy = useRef(false)
  const touch = (name: string): void => {
    if (state.fields[name] === undefined) return
    const { [name]: _touched, ...fields } = state.fields
    setState({ ...state, fields })
  }
  return {
    isBusy,
    error: state.error,
    fieldError: (name) => state.fields[name],
    touch,
    field: (name, value, onChange) => ({
      value,
      error: state.fields[name],
      onChange: (event) => {
        touch(name)
        onChange(event.currentTarget.value)
      },
      autoComplete: 'off',
    }),
    reset: () => setState(nothing),
    run: async (work, clientErrors = {}) => {
      const errors = Object.entries(clientErrors).flatMap(([name, error]) =>
        error ? [[name, error]] : [],
      )
      if (errors.length > 0) {
        setState({ error: undefined, fields: Object.fromEntries(errors) })
        focusFirstInvalid()
        return false
      }
      // A second click may arrive before the busy state is rendered.
      if (busy.current) return false
      busy.current = true
      setBusy(true)
      try {
        await work()
        setState(nothing)
        return true
      } catch (error) {
        const fields = fieldsOf(error)
        setState({ error, fields })
        if (Object.keys(fields).length > 0) focusFirstInvalid()
        return false
      } finally {
        busy.current = false
        setBusy(false)
      }
    },
  }
}

/**
 * Returns error messages by field, from the pointers of a problem document (RFC 9457, RFC 6901).
 * Nested fields are also listed under their full path, such as `auth/password`.
 */
function fieldsOf(error: unknown): Record<string, string> {
  if (!(error instanceof SdkError)) return {}
  return Object.fromEntries(
    (error.problem?.errors ?? []).flatMap(({ pointer, detail }) => {
      const path = pointer.replace(/^#?\//, '')
      return [
        [path.split('/')[0] ?? '', detail],
        [path, detail],
      ]
    }),
  )
}

function focusFirstInvalid(): void {
  // Waits until the errors are rendered.
  requestAnimationFrame(() => {
    const first = document.querySelector<HTMLElement>('[aria-invalid="true"]:not([disabled])')
    first?.focus()
  })
}
