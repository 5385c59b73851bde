/**
 * Goes on with a value: at once where it is there, later where it is promised. For the warmest paths, which
 * wait for nothing: `await` takes a turn of the queue for each step even then.
 */
export function andThen<T, R>(
  value: T | Promise<T>,
  goOn: (value: T) => R | Promise<R>,
): R | Promise<R> {
  return value instanceof Promise ? value.then(goOn) : goOn(value)
}
