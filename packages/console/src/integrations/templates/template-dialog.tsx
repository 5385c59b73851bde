import { Button, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { authTypeIcons, authTypeName } from '../authentication-type-names.ts'
import { isAuthType } from '../authentication-types.ts'
import { hostOf } from '../integration.ts'
import messages from './messages.json'
import type { Template } from './template.ts'
import classes from './templates.module.css'
import { templates } from './templates.ts'

const text = catalogue(messages)

/** Selects a template for a well-known API. */
export function TemplateDialog({ onClose }: { readonly onClose: () => void }) {
  const [q, setQ] = useState('')
  const found = templates.filter((template) => isMatch(template, q))
  return (
    <Dialog opened onClose={onClose} title={text('title')} size="xl">
      <Stack>
        <Text size="sm">{text('lead')}</Text>
        <TextInput
          type="search"
          aria-label={text('search')}
          placeholder={text('search')}
          value={q}
          onChange={(event) => setQ(event.currentTarget.value)}
          leftSection={<IconSearch size={16} aria-hidden />}
          data-autofocus
        />
        <VisuallyHidden role="status">{text('found', { count: found.length })}</VisuallyHidden>
        {found.length === 0 ? (
          <Text size="sm">{text('none')}</Text>
        ) : (
          <ul className={classes.list}>
            {found.map((template) => (
              <li key={template.id}>
                <TemplateCard template={template} />
              </li>
            ))}
          </ul>
        )}
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link {...props} to="/integrations/new" search={{ template: undefined }} />
          )}
        >
          {text('empty')}
        </Button>
      </Stack>
    </Dialog>
  )
}

function TemplateCard({ template }: { readonly template: Template }) {
  const { id, name, baseUrl, kind } = template
  const known = isAuthType(kind) ? kind : 'none'
  const Icon = authTypeIcons[known]
  return (
    <Link to="/integrations/new" search={{ template: id }} className={classes.card}>
      <Icon size={20} aria-hidden />
      <span>
        <strong>{name}</strong>
        <small>{authTypeName(known)}</small>
        <small className="mono">{hostOf(baseUrl)}</small>
      </span>
    </Link>
  )
}

function isMatch({ name, baseUrl, kind }: Template, q: string): boolean {
  const searched = `${name} ${baseUrl} ${isAuthType(kind) ? authTypeName(kind) : ''}`.toLowerCase()
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => searched.includes(word))
}
