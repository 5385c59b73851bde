import { StatementSync } from 'node:sqlite'
import pg from 'pg'

/** The SQL statements of this process. */
export type StatementRecorder = {
  /** The statements since the start or the last `clear`, without those of background jobs. */
  readonly statements: () => readonly string[]
  readonly clear: () => void
  readonly stop: () => void
}

/** Background jobs read the change feed, write usage, and delete expired rows. */
const BACKGROUND_STATEMENT =
  /"changes"|"usage_counters"|"last_uses"|^\s*(?:begin|commit|rollback|listen)\b|^\s*delete from .* in \(select /i

/** Records every statement that either engine's driver executes. */
export function recordStatements(): StatementRecorder {
  const seen: string[] = []
  const { all, get, run } = StatementSync.prototype
  const { query } = pg.Client.prototype
  const recorded = <A extends unknown[], R>(original: (...parts: A) => R) =>
    function record(this: StatementSync, ...parts: A): R {
      seen.push(this.sourceSQL)
      return Reflect.apply(original, this, parts)
    }
  Object.assign(StatementSync.prototype, {
    all: recorded(all),
    get: recorded(get),
    run: recorded(run),
  })
  Object.assign(pg.Client.prototype, {
    query(this: pg.Client, ...parts: readonly unknown[]): unknown {
      seen.push(textOf(parts[0]))
      return Reflect.apply(query, this, parts)
    },
  })
  return {
    statements: () => seen.filter((text) => !BACKGROUND_STATEMENT.test(text)),
    clear: () => void seen.splice(0),
    stop: () => {
      Object.assign(StatementSync.prototype, { all, get, run })
      Object.assign(pg.Client.prototype, { query })
    },
  }
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query
  const isConfig = typeof query === 'object' && query !== null && 'text' in query
  return isConfig ? String(query.text) : ''
}
