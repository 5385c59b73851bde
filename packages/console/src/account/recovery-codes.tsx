import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { saveFile } from '../components/save-file.ts'
import { catalogue } from '../messages/catalogue.ts'
import classes from './account.module.css'
import messages from './messages.json'

const text = catalogue(messages)

type RecoveryCodesProps = {
  readonly codes: readonly string[]
  /** Whether the member tried to close the dialog before saving the codes. */
  readonly isWarned: boolean
  readonly onSaved: () => void
  readonly onClose: () => void
}

/** Step 3 of the setup: shows the recovery codes, once. */
export function RecoveryCodes({ codes, isWarned, onSaved, onClose }: RecoveryCodesProps) {
  const source = useRef<HTMLUListElement>(null)
  const box = useRef<HTMLDivElement>(null)
  // The focused element of the previous step is unmounted.
  useEffect(() => box.current?.focus(), [])
  if (codes.length === 0) return <Alert color="orange">{text('notDisplayed')}</Alert>
  const lines = codes.join('\n')
  const download = async (): Promise<void> => {
    const mediaType = 'text/plain'
    await saveFile(new Blob([`${lines}\n`]).stream(), {
      name: 'keyporter-recovery-codes.txt',
      mediaType,
    })
    onSaved()
  }
  return (
    <Stack ref={box} tabIndex={-1} role="group" aria-label={text('recoveryCodes')}>
      <Text>{text('recoveryText')}</Text>
      <ul ref={source} className={classes.codes}>
        {codes.map((code) => (
          <li key={code} className="mono">
            {code}
          </li>
        ))}
      </ul>
      <Group>
        <CopyButton
          value={lines}
          what={text('recoveryCodes')}
          label={text('copyCodes')}
          source={source}
          onCopied={onSaved}
        />
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => void download()}
        >
          {text('download')}
        </Button>
      </Group>
      {isWarned && (
        <Alert color="orange" role="alert" icon={<IconAlertTriangle aria-hidden />}>
          {text('notSaved')}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose} variant={isWarned ? 'default' : 'filled'}>
          {text(isWarned ? 'closeAnyway' : 'done')}
        </Button>
      </Group>
    </Stack>
  )
}
