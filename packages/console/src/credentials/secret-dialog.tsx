import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react'
import { useBlocker } from '@tanstack/react-router'
import { useId, useRef, useState } from 'react'
import { CopyButton } from '../components/copy-button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { isPlainHttp } from '../components/plain-http.ts'
import { catalogue } from '../messages/catalogue.ts'
import { ConnectionDetails } from './connection-details.tsx'
import type { Credential } from './credential.ts'
import messages from './secret/messages.json'
import { envFileName, saveFile } from './secret/save-file.ts'
import classes from './secret/secret.module.css'
import { SecretRow } from './secret/secret-row.tsx'
import { snippet } from './secret/snippets.ts'
import { TestCredential } from './secret/test-credential.tsx'
import { UnsavedDialog } from './secret/unsaved-dialog.tsx'
import { UsageSnippets } from './usage-snippets.tsx'

const text = catalogue(messages)

type SecretDialogProps = {
  readonly credential: Credential
  /** Only the state of the page contains it. */
  readonly clientSecret: string
  /** Drops the secret and leaves the page. */
  readonly onDone: () => void
  /** Drops the secret and opens the quickstart. */
  readonly onQuickstart?: () => void
}

/**
 * Shows a secret once. Until the secret was copied or downloaded, Escape, the backdrop and Back ask for
 * confirmation; a failed copy does not count. The page renders the dialog, so that a list refetch cannot unmount it.
 */
export function SecretDialog({
  credential,
  clientSecret,
  onDone,
  onQuickstart,
}: SecretDialogProps) {
  const [isRevealed, setRevealed] = useState(false)
  const [isSaved, setSaved] = useState(false)
  const [leave, setLeave] = useState<{ readonly go: () => void }>()
  const hasLeft = useRef(false)
  const leadId = useId()
  const source = useRef<HTMLPreElement>(null)
  const { name, secrets } = credential
  const env = snippet('env', credential, clientSecret)
  const save = (): void => setSaved(true)
  const goNow = (go: () => void): void => {
    hasLeft.current = true
    go()
  }
  const ask = (go: () => void): void => (isSaved ? goNow(go) : setLeave({ go }))
  useBlocker({
    shouldBlockFn: () => {
      if (hasLeft.current) return false
      ask(onDone)
      return !hasLeft.current
    },
    enableBeforeUnload: () => !hasLeft.current,
  })
  return (
    <>
      <Dialog
        opened
        onClose={() => ask(onDone)}
        role="alertdialog"
        describedBy={leadId}
        size="xl"
        title={text('title', { name })}
        withCloseButton={false}
        closeOnEscape={leave === undefined}
      >
        <Stack gap="md">
          <Text size="sm" id={leadId}>
            {text('lead')}
          </Text>
          {isPlainHttp() && (
            <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} p="xs">
              {text('notHttps')}
            </Alert>
          )}
          <ConnectionDetails credential={credential}>
            <SecretRow
              clientSecret={clientSecret}
              hint={secrets.at(-1)?.hint ?? '…'}
              isRevealed={isRevealed}
              onReveal={setRevealed}
              onCopied={save}
            />
          </ConnectionDetails>
          <Group gap="sm">
            {/* Selected and copied if the Clipboard API is not available. */}
            <pre ref={source} className={classes.source} aria-hidden>
              {snippet('env', credential)}
            </pre>
            <CopyButton
              value={env}
              what={text('env')}
              source={source}
              label={text('copyAll')}
              onCopied={save}
              onFailed={() => setRevealed(true)}
            />
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              onClick={() => {
                saveFile(envFileName(name), env)
                save()
              }}
            >
              {text('download')}
            </Button>
            <Text size="xs" c="dimmed">
              {text('downloadNote')}
            </Text>
          </Group>
          <TestCredential credential={credential} clientSecret={clientSecret} />
          <Stack gap="xs">
            <Title order={3}>{text('examples')}</Title>
            <UsageSnippets
              credential={credential}
              clientSecret={clientSecret}
              isRevealed={isRevealed}
              onCopied={save}
            />
          </Stack>
          <Group justify="flex-end" className={classes.footer}>
            {onQuickstart !== undefined && (
              <Button variant="default" onClick={() => ask(onQuickstart)}>
                {text('toQuickstart')}
              </Button>
            )}
            <Button onClick={() => ask(onDone)}>{text('done')}</Button>
          </Group>
        </Stack>
      </Dialog>
      {leave !== undefined && (
        <UnsavedDialog onGoBack={() => setLeave(undefined)} onClose={() => goNow(leave.go)} />
      )}
    </>
  )
}
