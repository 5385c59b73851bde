import { Fieldset, Stack, Switch } from '@mantine/core'
import { catalogue } from '../messages/catalogue.ts'
import { type Features, featureName, featureNames } from './features.ts'
import messages from './messages.json'

const text = catalogue(messages)

type FeatureSwitchesProps = {
  readonly value: Features
  readonly onChange: (features: Features) => void
}

export function FeatureSwitches({ value, onChange }: FeatureSwitchesProps) {
  return (
    <Fieldset legend={text('features')}>
      <Stack gap="sm">
        {featureNames.map((name) => (
          <Switch
            key={name}
            aria-label={featureName(name)}
            label={featureName(name)}
            description={text(`feature.${name}.description`)}
            checked={value[name]}
            onChange={() => onChange({ ...value, [name]: !value[name] })}
          />
        ))}
      </Stack>
    </Fieldset>
  )
}
