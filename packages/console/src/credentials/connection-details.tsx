import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { CopyRow } from './secret/copy-row.tsx'
import messages from './secret/messages.json'
import classes from './secret/secret.module.css'
import { isAddress, type UsableCredential } from './secret/snippets.ts'

const text = catalogue(messages)

type ConnectionDetailsProps = {
  readonly credential: UsableCredential
  /** Rows below the client ID, such as the secret. */
  readonly children?: ReactNode
}

/** The connection details of a credential, each with a copy button. */
export function ConnectionDetails({ credential, children }: ConnectionDetailsProps) {
  return (
    <dl className={classes.facts}>
      <CopyRow name={text('clientId')} value={credential.clientId} />
      {children}
      <CopyRow name={text('issuer')} value={credential.issuer} />
      <CopyRow name={text('tokenUrl')} value={credential.tokenUrl} />
      <CopyRow
        name={text(isAddress(credential.apiIdentifier) ? 'apiAddress' : 'apiIdentifier')}
        value={credential.apiIdentifier}
      />
    </dl>
  )
}
