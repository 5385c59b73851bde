/**
 * Transforms a value: synchronously when the value is not a promise. For hot paths: `await`
 * costs a microtask for each step even without a promise.
 */
export function andThen<T, R>(
  value: T | Promise<T>,
  transform: (value: T) => R | Promise<R>,
): R | Promise<R> {
  return value instanceof Promise ? value.then(transform) : transform(value)
}
