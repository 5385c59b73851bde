import { SdkError } from '@keyporter/sdk'
import { useRef, useState } from 'react'

/** A form on its way to the server. */
export type Submission = {
  readonly isBusy: boolean
  /** What went wrong as a whole; undefined when the fields say it, or nothing did. */
  readonly error: unknown
  /** What is wrong with a field, by the name that the API gives it; undefined when nothing is. */
  readonly fieldError: (name: string) => string | undefined
  /** Takes the complaint about a field back, as soon as it is touched. */
  readonly touch: (name: string) => void
  /** What makes an input a field of this form; what it has of its own stands behind it. */
  readonly field: (name: string, value: string, onChange: (value: string) => void) => FormField
  /** Runs what the form is for, once at a time. True when it went well. */
  readonly run: (
    work: () => Promise<void>,
    own?: Readonly<Record<string, string | undefined>>,
  ) => Promise<boolean>
  readonly reset: () => void
}

/** An input's value, what is wrong with it and what typing does; browsers fill it in only where it says so itself. */
export type FormField = {
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (event: { readonly currentTarget: { readonly value: string } }) => void
  readonly autoComplete: string
}

type State = { readonly error: unknown; readonly fields: Readonly<Record<string, string>> }

const nothing: State = { error: undefined, fields: {} }

/**
 * Sends a form and lays what the server refuses beside the fields that it names. What was typed stays. The
 * first field in error gets the focus.
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
    run: async (work, own = {}) => {
      const faults = Object.entries(own).flatMap(([name, fault]) => (fault ? [[name, fault]] : []))
      if (faults.length > 0) {
        setState({ error: undefined, fields: Object.fromEntries(faults) })
        focusFirstFault()
        return false
      }
      // A second click comes before the first has drawn anything.
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
        if (Object.keys(fields).length > 0) focusFirstFault()
        return false
      } finally {
        busy.current = false
        setBusy(false)
      }
    },
  }
}

/**
 * Field → what is wrong with it, from the pointers of a problem document (RFC 9457, RFC 6901). What lies
 * deeper stands under its whole path, too, such as `auth/password`.
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

function focusFirstFault(): void {
  // After the faults are drawn.
  requestAnimationFrame(() => {
    const first = document.querySelector<HTMLElement>('[aria-invalid="true"]:not([disabled])')
    first?.focus()
  })
}
