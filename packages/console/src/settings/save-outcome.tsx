import { Alert } from '@mantine/core'
import { EditConflict, isEditConflict } from '../components/edit-conflict.tsx'
import { Problem } from '../components/problem.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type SaveOutcomeProps = {
  readonly isSaved: boolean
  readonly error: unknown
  /** The object that may have changed in the meantime. */
  readonly targetId: string
  readonly onReload: () => void
}

/** Shows the result of saving: success, edit conflict or another error. */
export function SaveOutcome({ isSaved, error, targetId, onReload }: SaveOutcomeProps) {
  return (
    <>
      {isSaved && (
        <Alert color="green" role="status">
          {text('saved')}
        </Alert>
      )}
      <EditConflict error={error} targetId={targetId} onReload={onReload} />
      {error !== undefined && !isEditConflict(error) && <Problem error={error} />}
    </>
  )
}
