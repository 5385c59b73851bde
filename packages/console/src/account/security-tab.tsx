import { Stack } from '@mantine/core'
import { PasswordPanel } from './password-panel.tsx'
import { TwoFactorPanel } from './two-factor-panel.tsx'

export function SecurityTab() {
  return (
    <Stack gap="lg">
      <PasswordPanel />
      <TwoFactorPanel />
    </Stack>
  )
}
