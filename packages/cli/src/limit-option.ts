import { InvalidArgumentError, Option } from 'commander'

/** How many items a page shall have. */
export function limitOption(): Option {
  return new Option('--limit <number>', 'how many, 100 at most').argParser((text) => {
    if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
    throw new InvalidArgumentError('A whole number is needed.')
  })
}
