import { StatementSync } from 'node:sqlite'
import pg from 'pg'

/** What the stores of this process are asked, statement by statement. */
export type StatementRecorder = {
  /** The statements since the watch began or was cleared, without what the program does by itself. */
  readonly statements: () => readonly string[]
  readonly clear: () => void
  readonly stop: () => void
}

/** The change feed is read, usage written, and what has served its time deleted, whether somebody asks or not. */
const BACKGROUND_STATEMENT =
  /"changes"|"usage_counters"|"last_uses"|^\s*(?:begin|commit|rollback|listen)\b|^\s*delete from .* in \(select /i

/** Writes down every statement that goes to either engine's driver, and lets it pass. */
export function recordStatements(): StatementRecorder {
  const seen: string[] = []
  const { all, get, run } = StatementSync.prototype
  const { query } = pg.Client.prototype
  const noted = <A extends unknown[], R>(original: (...parts: A) => R) =>
    function note(this: StatementSync, ...parts: A): R {
      seen.push(this.sourceSQL)
      return Reflect.apply(original, this, parts)
    }
  Object.assign(StatementSync.prototype, { all: noted(all), get: noted(get), run: noted(run) })
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
