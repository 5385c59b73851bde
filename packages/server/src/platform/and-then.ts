/**
 * Transforms a value: synchronously if it is not a promise. For hot paths, because `await` costs a
 * microtask even without a promise.
 */
export function andThen<T, R>(
  value: T | Promise<T>,
  transform: (value: T) => R | Promise<R>,
): R | Promise<R> {
  return value instanceof Promise ? value.then(transform) : transform(value)
}
