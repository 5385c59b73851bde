import { queryOptions, useQuery } from '@tanstack/react-query'
import { type Acting, useActing } from '../../api/acting.ts'

/** The query for one credential, which includes the version for conditional updates. */
export function credentialQuery({ client, scope }: Acting, id: string) {
  return queryOptions({
    queryKey: [...scope, 'credentials', 'get', id],
    queryFn: () => client.credentials.get({ id }),
  })
}

/** Loads one credential. */
export function useCredential(id: string) {
  return useQuery(credentialQuery(useActing(), id))
}
