import { InvalidArgumentError, Option } from 'commander'

/** Returns the option for the page size. */
export function limitOption(): Option {
  return new Option('--limit <number>', 'page size, at most 100').argParser((text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
    throw new InvalidArgumentError('Must be a positive integer.')
  })
}
