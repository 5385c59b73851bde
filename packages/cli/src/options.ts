import { InvalidArgumentError, Option } from 'commander'

/** Options that several commands have. */

/** Returns the option for the environment of a credential or an integration. */
export function environmentOption(): Option {
  return new Option('--environment <environment>').choices(['production', 'test'])
}

/** Returns the option for the page size. */
export function limitOption(): Option {
  return new Option('--limit <number>', 'page size, at most 100').argParser((text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
    throw new InvalidArgumentError('Must be a positive integer.')
  })
}
