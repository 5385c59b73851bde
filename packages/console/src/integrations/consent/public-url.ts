import { trimSlashes } from '@keyporter/protocol'
import { useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'

/** The address of this Keyporter as it knows itself; undefined while that is not known, or not to be seen. */
export function usePublicUrl(): string | undefined {
  const { client, scope } = useActing()
  const own = useQuery({
    queryKey: [...scope, 'apis', 'list', { slug: 'keyporter' }],
    queryFn: () => client.apis.list({ slug: 'keyporter' }),
    enabled: useCan('API_READ'),
  })
  // The api that protects Keyporter itself is named by its address.
  return own.data?.data[0]?.identifier.replace(/\/v1$/, '')
}

/** Where the other side sends people back to. */
export function redirectUrlOf(publicUrl: string): string {
  return `${trimSlashes(publicUrl)}/connect/callback`
}
