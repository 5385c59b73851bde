import { trimTrailingSlashes } from '@keyporter/protocol'
import { useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'

/** Returns the configured public URL of this installation; undefined while loading or if it is not readable. */
export function usePublicUrl(): string | undefined {
  const { client, scope } = useActing()
  const own = useQuery({
    queryKey: [...scope, 'apis', 'list', { slug: 'keyporter' }],
    queryFn: () => client.apis.list({ slug: 'keyporter' }),
    enabled: useCan('API_READ'),
  })
  // The identifier of the built-in API is the public URL followed by /v1.
  return own.data?.data[0]?.identifier.replace(/\/v1$/, '')
}

/** Returns the OAuth redirect URL. */
export function redirectUrlOf(publicUrl: string): string {
  return `${trimTrailingSlashes(publicUrl)}/connect/callback`
}
