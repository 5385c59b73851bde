import { EditConflict, isEditConflict } from '../../components/edit-conflict.tsx'
import { Problem } from '../../components/problem.tsx'
import type { Edit } from './use-edit.ts'

type EditProblemProps = {
  readonly edit: Edit
  /** The fields that show their own errors. */
  readonly fields: readonly string[]
  readonly onReload?: () => void
}

/** Shows why an edit was not saved, such as a concurrent change, unless a field shows the error. */
export function EditProblem({ edit, fields, onReload }: EditProblemProps) {
  const { base, submission, reload } = edit
  const { error } = submission
  if (isEditConflict(error)) {
    return (
      <EditConflict error={error} targetId={base.id} onReload={onReload ?? (() => void reload())} />
    )
  }
  const isShownByField = fields.some((name) => submission.fieldError(name) !== undefined)
  return error === undefined || isShownByField ? null : <Problem error={error} />
}
