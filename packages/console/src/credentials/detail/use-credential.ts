import { queryOptions, useQuery } from '@tanstack/react-query'
import { type Acting, useActing } from '../../api/acting.ts'

/** One credential, with the version that changes of it name. */
export function credentialQuery({ client, scope }: Acting, id: string) {
  return queryOptions({
    queryKey: [...scope, 'credentials', 'get', id],
    queryFn: () => client.credentials.get({ id }),
  })
}

/** One credential. */
export function useCredential(id: string) {
  return useQuery(credentialQuery(useActing(), id))
}
