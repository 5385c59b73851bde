import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import { type OptionalColumn, optionalColumns } from './shown-columns.ts'

const text = catalogue(messages)

type ColumnChooserProps = {
  readonly shown: readonly OptionalColumn[]
  readonly onChange: (shown: readonly string[]) => void
}

/** Selects the visible columns. */
export function ColumnChooser({ shown, onChange }: ColumnChooserProps) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus shadow="md" withRoles>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {text('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={text('columnsShown')}>
        <Checkbox.Group
          label={text('columnsShown')}
          value={[...shown]}
          onChange={onChange}
          labelProps={{ mb: 'xs' }}
        >
          <Stack gap="xs">
            {optionalColumns.map((column) => (
              <Checkbox key={column} value={column} label={text(`column.${column}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Popover.Dropdown>
    </Popover>
  )
}
