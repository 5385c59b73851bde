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
  type ImportResult,
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

/** The server parses imports one at a time, and a 15 MB document takes up to 30 seconds. */
const IMPORT_MS = 120_000

/** The page that imports permissions and operations from an OpenAPI document, in three steps. */
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
  const [mapping, setMapping] = useState<Mapping>(() => ({ ...initialMapping, apiId: api ?? '' }))
  const [preview, setPreview] = useState<ImportResult>()
  const submission = useSubmission()
  const current = reachableStep(step, { document, preview })
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
      setMapping({ ...mapping, source: 'pattern', pattern })
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

const initialMapping: Mapping = {
  source: 'document',
  pattern: '',
  usesTags: false,
  apiId: '',
  name: '',
  identifier: '',
}

type Progress = {
  readonly document: SourceDocument
  readonly preview: ImportResult | undefined
}

/** Returns the step of the URL, or the last earlier step for which the input is available. */
function reachableStep(step: string | undefined, { document, preview }: Progress): Step {
  if (document.text === '') return 'document'
  if (step === 'review') return preview === undefined ? 'mapping' : 'review'
  return step === 'mapping' ? 'mapping' : 'document'
}
