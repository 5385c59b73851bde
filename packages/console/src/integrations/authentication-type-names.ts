import {
  IconCertificate,
  IconCloudLock,
  IconFingerprint,
  IconHistory,
  IconKey,
  IconListDetails,
  IconLockOpen,
  IconLogin2,
  IconRobot,
  IconSignature,
  IconUserCheck,
  IconUserShield,
} from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import type { AuthKind } from './integration.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Returns the label of an authentication type. */
export function authTypeName(kind: AuthKind): string {
  return text(`kind.${kind}`)
}

/** Returns a sentence that describes an authentication type. */
export function authTypeDescription(kind: AuthKind): string {
  return text(`kind.${kind}.means`)
}

/** The icons of the authentication types. */
export const authTypeIcons: Readonly<Record<AuthKind, typeof IconKey>> = {
  none: IconLockOpen,
  api_key: IconKey,
  headers: IconListDetails,
  basic: IconUserCheck,
  bearer: IconCertificate,
  aws_sigv4: IconCloudLock,
  hmac_sha256: IconSignature,
  http_signature_ed25519: IconFingerprint,
  oauth1: IconHistory,
  oauth2_client_credentials: IconRobot,
  oauth2_authorization_code: IconUserShield,
  login_call: IconLogin2,
}
