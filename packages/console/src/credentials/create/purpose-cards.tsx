import { Radio, Text } from '@mantine/core'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import classes from './create.module.css'
import { type Purpose, purposes } from './draft.ts'
import messages from './messages.json'

const text = catalogue(messages)

type PurposeCardsProps = {
  readonly value: Purpose | undefined
  readonly onChange: (purpose: Purpose) => void
}

/** Selects the purpose of the credential. */
export function PurposeCards({ value, onChange }: PurposeCardsProps) {
  const choose = (chosen: string): void => {
    const purpose = purposes.find((known) => known === chosen)
    if (purpose !== undefined) onChange(purpose)
  }
  return (
    <Panel title={text('purpose')} lead={text('purposeLead')}>
      <Radio.Group aria-label={text('purpose')} value={value ?? ''} onChange={choose}>
        <div className={classes.cards}>
          {purposes.map((purpose) => (
            <Radio.Card
              key={purpose}
              value={purpose}
              radius="md"
              className={classes.card}
              aria-label={text(`purpose.${purpose}`)}
              aria-describedby={`purpose-${purpose}`}
            >
              <Radio.Indicator mt={2} />
              <div>
                <Text size="sm" fw={600}>
                  {text(`purpose.${purpose}`)}
                </Text>
                <Text size="xs" c="dimmed" id={`purpose-${purpose}`}>
                  {text(`purpose.${purpose}.means`)}
                </Text>
              </div>
            </Radio.Card>
          ))}
        </div>
      </Radio.Group>
    </Panel>
  )
}
