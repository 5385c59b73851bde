import { Badge } from '@mantine/core'
import { IconFlask, IconWorld } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import type { Integration } from './integration.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** The environment of an integration. */
export function EnvironmentBadge({ environment }: Pick<Integration, 'environment'>) {
  const isTest = environment === 'test'
  const Icon = isTest ? IconFlask : IconWorld
  return (
    <Badge color={isTest ? 'yellow' : 'gray'} leftSection={<Icon size={12} aria-hidden />}>
      {text(environment)}
    </Badge>
  )
}
