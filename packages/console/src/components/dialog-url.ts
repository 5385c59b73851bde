import { useNavigate, useSearch } from '@tanstack/react-router'

/** The open dialog of a page, as stored in the URL: Back closes it, and links can open it. */
export type DialogUrl = {
  readonly dialog: string | undefined
  /** The id of the object that the dialog is about, on pages with several. */
  readonly target: string | undefined
  readonly open: (dialog: string, target?: string) => void
  readonly close: () => void
}

export function useDialogUrl(): DialogUrl {
  const { dialog, target }: { readonly dialog?: string; readonly target?: string } = useSearch({
    strict: false,
  })
  const navigate = useNavigate()
  const update = (next: { dialog?: string; target?: string }, replace: boolean): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({
        ...before,
        dialog: undefined,
        target: undefined,
        ...next,
      }),
      replace,
      resetScroll: false,
    })
  return {
    dialog,
    target,
    open: (name, about) => update({ dialog: name, target: about }, false),
    close: () => update({}, true),
  }
}
