import { Modal, type ModalProps } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useReturnFocus } from './return-focus.ts'

type DialogProps = Omit<ModalProps, 'attributes' | 'fullScreen'> & {
  /** `alertdialog` for what must be answered (ARIA APG). */
  readonly role?: 'dialog' | 'alertdialog'
  /** The id of what describes it; everything in it unless given. */
  readonly describedBy?: string
}

/**
 * A dialog: whole screen where that is small; Escape closes it unless told otherwise, and the focus goes back
 * to where it came from.
 */
export function Dialog({ role = 'dialog', describedBy, closeButtonProps, ...rest }: DialogProps) {
  const isSmall = useMediaQuery('(max-width: 40em)')
  useReturnFocus(rest.opened)
  const describe = describedBy === undefined ? {} : { 'aria-describedby': describedBy }
  return (
    <Modal
      {...rest}
      returnFocus={false}
      fullScreen={isSmall}
      closeButtonProps={{ 'aria-label': 'Close', ...closeButtonProps }}
      // The library's header is a banner landmark to axe, and its content takes the role.
      attributes={{ header: { role: 'presentation' }, content: { role, ...describe } }}
    />
  )
}
