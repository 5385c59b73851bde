import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { CopyRow } from './secret/copy-row.tsx'
import messages from './secret/messages.json'
import classes from './secret/secret.module.css'
import { isAddress, type UsableCredential } from './secret/snippets.ts'

const text = catalogue(messages)

type PairFactsProps = {
  readonly credential: UsableCredential
  /** Rows right under the client ID: the secret, while there is one. */
  readonly children?: ReactNode
}

/** What a caller has to be told beside the secret, each with a button that copies it. */
export function PairFacts({ credential, children }: PairFactsProps) {
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
