import { Stack } from '@mantine/core'
import { CodesPanel } from './codes-panel.tsx'
import { PasswordPanel } from './password-panel.tsx'

/** How one signs in: the password, and what is asked for beside it. */
export function SecurityTab() {
  return (
    <Stack gap="lg">
      <PasswordPanel />
      <CodesPanel />
    </Stack>
  )
}
