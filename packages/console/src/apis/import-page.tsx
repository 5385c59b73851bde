import { Stepper } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { useSubmission } from '../components/submission.ts'
import { UnsavedGuard } from '../components/unsaved-guard.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { useMayEditApis } from './api.ts'
import { DocumentStep } from './document-step.tsx'
import {
  type ImportAnswer,
  type Mapping,
  type SourceDocument,
  suggestPattern,
  toImportRequest,
} from './import-request.ts'
import { MappingStep } from './mapping-step.tsx'
import messages from './messages.json'
import { ReviewStep } from './review-step.tsx'
import classes from './table-editor.module.css'

const text = catalogue(messages)

/** A document of 15 MB is read for up to half a minute, one after the other. */
const IMPORT_MS = 120_000

/** Permissions and operations from an OpenAPI document: document, mapping, review. */
export function ApiImportPage() {
  const mayEdit = useMayEditApis()
  return (
    <>
      <PageHeader title={text('import')} lead={text('importLead')} />
      {mayEdit ? <Wizard /> : <NoPermission privilege="apis.manage" />}
    </>
  )
}

const steps = ['document', 'mapping', 'review'] as const
type Step = (typeof steps)[number]

function Wizard() {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { step, api }: { readonly step?: string; readonly api?: string } = useSearch({
    strict: false,
  })
  const [document, setDocument] = useState<SourceDocument>({ text: '', fileName: undefined })
  const [mapping, setMapping] = useState<Mapping>(() => ({ ...noMapping, apiId: api ?? '' }))
  const [preview, setPreview] = useState<ImportAnswer>()
  const submission = useSubmission()
  const current = reachable(step, { document, preview })
  const go = (next: Step): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({
        ...before,
        step: next === 'document' ? undefined : next,
      }),
    })
  const choose = (next: SourceDocument): void => {
    submission.reset()
    setPreview(undefined)
    setDocument(next)
  }
  const toMapping = (): void => {
    const pattern = suggestPattern(document.text)
    if (pattern !== undefined && mapping.pattern === '') {
      setMapping({ ...mapping, way: 'pattern', pattern })
    }
    go('mapping')
  }
  const toReview = (own: Record<string, string | undefined>): void => {
    void submission.run(async () => {
      const request = toImportRequest(document, mapping, false)
      setPreview(await client.apis.import(request, { timeoutMs: IMPORT_MS, retriesMax: 0 }))
      go('review')
    }, own)
  }
  const apply = (): void => {
    void submission.run(async () => {
      const request = toImportRequest(document, mapping, true)
      const done = await client.apis.import(request, { timeoutMs: IMPORT_MS, retriesMax: 0 })
      await queries.invalidateQueries({ queryKey: [...scope, 'apis'] })
      announce(text('imported'))
      await navigate({ to: '/apis/$id', params: { id: done.apiId ?? '' }, ignoreBlocker: true })
    })
  }
  return (
    <>
      <Stepper
        active={steps.indexOf(current)}
        onStepClick={(index) => go(steps[index] ?? 'document')}
        allowNextStepsSelect={false}
        classNames={{ stepBody: classes.step }}
        wrap={false}
        size="sm"
        mb="lg"
      >
        {steps.map((name) => (
          <Stepper.Step
            key={name}
            label={text(`step.${name}`)}
            aria-current={name === current ? 'step' : undefined}
          />
        ))}
      </Stepper>
      {current === 'document' && (
        <DocumentStep
          document={document}
          onChoose={choose}
          error={submission.error}
          onNext={toMapping}
        />
      )}
      {current === 'mapping' && (
        <MappingStep
          mapping={mapping}
          onChange={setMapping}
          submission={submission}
          onBack={() => go('document')}
          onNext={toReview}
        />
      )}
      {current === 'review' && preview !== undefined && (
        <ReviewStep
          preview={preview}
          submission={submission}
          onBack={() => go('mapping')}
          onAgain={() => toReview({})}
          onApply={apply}
        />
      )}
      <UnsavedGuard isDirty={document.text !== ''} />
    </>
  )
}

const noMapping: Mapping = {
  way: 'document',
  pattern: '',
  usesTags: false,
  apiId: '',
  name: '',
  identifier: '',
}

type Progress = {
  readonly document: SourceDocument
  readonly preview: ImportAnswer | undefined
}

/** The step that the address names, or the last one before it for which there is what it needs. */
function reachable(step: string | undefined, { document, preview }: Progress): Step {
  if (document.text === '') return 'document'
  if (step === 'review') return preview === undefined ? 'mapping' : 'review'
  return step === 'mapping' ? 'mapping' : 'document'
}
