import { useNavigate, useSearch } from '@tanstack/react-router'

/** Which dialog of a page is open: what the address says, so that Back closes it and a link opens it. */
export type DialogUrl = {
  readonly dialog: string | undefined
  /** What the dialog is about, where the page shows several of the kind. */
  readonly target: string | undefined
  readonly open: (dialog: string, target?: string) => void
  readonly close: () => void
}

export function useDialogUrl(): DialogUrl {
  const { dialog, target }: { readonly dialog?: string; readonly target?: string } = useSearch({
    strict: false,
  })
  const navigate = useNavigate()
  const put = (next: { dialog?: string; target?: string }, replace: boolean): void =>
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
    open: (name, about) => put({ dialog: name, target: about }, false),
    close: () => put({}, true),
  }
}
