/** Placeholder until the derivation stands. */
export function buildOpenApi(): never {
  throw new TypeError('not derived yet')
}
