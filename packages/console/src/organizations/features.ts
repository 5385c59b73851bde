import type { ResponseBody, routes } from '@keyporter/contract'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type Organization = ResponseBody<typeof routes.organizations.get>
export type Features = Organization['features']

/** The displayed features. `webhooks` is missing: webhooks are not available yet. */
export const featureNames = ['issued', 'stored'] as const satisfies readonly (keyof Features)[]

type FeatureName = (typeof featureNames)[number]

export function featureName(feature: FeatureName): string {
  return text(`feature.${feature}`)
}

/** Returns the names of the enabled features. */
export function featuresOn(features: Features): readonly FeatureName[] {
  return featureNames.filter((name) => features[name])
}
