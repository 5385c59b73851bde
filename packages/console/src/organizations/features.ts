import type { ResponseBody, routes } from '@keyporter/contract'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

export type Organization = ResponseBody<typeof routes.organizations.get>
export type Features = Organization['features']

/** The features that an organization can have. */
export const featureNames = [
  'issued',
  'stored',
  'webhooks',
] as const satisfies readonly (keyof Features)[]

export function featureName(feature: keyof Features): string {
  return text(`feature.${feature}`)
}

/** Returns the names of the enabled features. */
export function featuresOn(features: Features): readonly (keyof Features)[] {
  return featureNames.filter((name) => features[name])
}
