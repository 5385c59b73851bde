import { Alert, Button, Group, Stack, Text, Textarea, VisuallyHidden } from '@mantine/core'
import { IconFileText, IconUpload } from '@tabler/icons-react'
import { type ChangeEvent, type DragEvent, useRef, useState } from 'react'
import { Panel } from '../components/panel.tsx'
import { number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { ImportProblems } from './import-problems.tsx'
import { DOCUMENT_BYTES_MAX, readDocument, type SourceDocument } from './import-request.ts'
import messages from './messages.json'
import classes from './table-editor.module.css'

const text = catalogue(messages)

type DocumentStepProps = {
  readonly document: SourceDocument
  readonly onChoose: (document: SourceDocument) => void
  /** The error with which the server rejected the document. */
  readonly error: unknown
  readonly onNext: () => void
}

/** The first import step: chooses a file or takes pasted text. */
export function DocumentStep({ document, onChoose, error, onNext }: DocumentStepProps) {
  const [fault, setFault] = useState<string>()
  const picker = useRef<HTMLInputElement>(null)
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    const read = await readDocument(file)
    if ('fault' in read) {
      setFault(text(read.fault, { name: file.name }))
      return
    }
    setFault(undefined)
    onChoose({ text: read.text, fileName: file.name })
  }
  const next = (): void => {
    if (document.text.trim() === '') setFault(text('documentRequired'))
    else if (new Blob([document.text]).size > DOCUMENT_BYTES_MAX)
      setFault(text('documentTooLarge', { name: text('pastedText') }))
    else onNext()
  }
  return (
    <Stack>
      {error !== undefined && <ImportProblems error={error} />}
      <Panel title={text('step.document')} lead={text('documentLead')}>
        <DropZone onFile={(file) => void take(file)}>
          {document.fileName === undefined ? (
            <Text size="sm">{text('dropHint')}</Text>
          ) : (
            <Group gap="xs">
              <IconFileText size={20} aria-hidden />
              <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
                {text('chosenFile', {
                  name: document.fileName,
                  size: number(Math.ceil(new Blob([document.text]).size / 1_024)),
                })}
              </Text>
            </Group>
          )}
          <Button
            variant="default"
            leftSection={<IconUpload size={16} aria-hidden />}
            onClick={() => picker.current?.click()}
          >
            {text(document.fileName === undefined ? 'chooseFile' : 'chooseOther')}
          </Button>
          <VisuallyHidden>
            <input
              ref={picker}
              type="file"
              accept=".json,.yaml,.yml,application/json,application/yaml"
              aria-label={text('chooseFile')}
              tabIndex={-1}
              onChange={(event: ChangeEvent<HTMLInputElement>) => {
                void take(event.currentTarget.files?.[0])
                event.currentTarget.value = ''
              }}
            />
          </VisuallyHidden>
        </DropZone>
        {document.fileName === undefined ? (
          <Textarea
            label={text('paste')}
            description={text('pasteHint')}
            value={document.text}
            onChange={(event) => {
              setFault(undefined)
              onChoose({ text: event.currentTarget.value, fileName: undefined })
            }}
            rows={8}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
        ) : (
          <div>
            <Button
              variant="subtle"
              size="compact-sm"
              onClick={() => onChoose({ text: '', fileName: undefined })}
            >
              {text('pasteInstead')}
            </Button>
          </div>
        )}
        {fault !== undefined && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Text size="sm" c="dimmed">
          {text('noUrlImport')}
        </Text>
      </Panel>
      <Group justify="flex-end">
        <Button onClick={next}>{text('continue')}</Button>
      </Group>
    </Stack>
  )
}

type DropZoneProps = {
  readonly onFile: (file: File | undefined) => void
  readonly children: React.ReactNode
}

/** A drop zone. The button inside is the alternative to dragging (WCAG 2.5.7). */
function DropZone({ onFile, children }: DropZoneProps) {
  const [isOver, setOver] = useState(false)
  const allowDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(true)
  }
  return (
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragEnter={allowDrop}
      onDragOver={allowDrop}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onFile(event.dataTransfer.files[0])
      }}
    >
      {children}
    </div>
  )
}
