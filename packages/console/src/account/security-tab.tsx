import { Stack } from '@mantine/core'
import { PasswordPanel } from './password-panel.tsx'
import { TwoFactorPanel } from './two-factor-panel.tsx'

/** How one signs in: the password, and what is asked for beside it. */
export function SecurityTab() {
  return (
    <Stack gap="lg">
      <PasswordPanel />
      <TwoFactorPanel />
    </Stack>
  )
}
