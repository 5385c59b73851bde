const KEY = 'keyporter.alerts'
const HIDDEN_MS = 7 * 86_400_000

type Dismissal = { readonly until: number; readonly count: number }

/** Dismisses an alert in this browser for 7 days. */
export function dismissAlert(key: string, count: number): void {
  const kept = Object.entries(read()).filter(([, { until }]) => until > Date.now())
  const next = { ...Object.fromEntries(kept), [key]: { until: Date.now() + HIDDEN_MS, count } }
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // Storage is blocked: the alert returns on the next page load.
  }
}

/** Returns whether an alert is dismissed and its count has not grown since. */
export function isDismissed(key: string, count: number): boolean {
  const dismissal = read()[key]
  return dismissal !== undefined && dismissal.until > Date.now() && count <= dismissal.count
}

function read(): Readonly<Record<string, Dismissal>> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return isRecord(kept)
      ? Object.fromEntries(
          Object.entries(kept).flatMap(([key, value]) =>
            isDismissal(value) ? [[key, value] as const] : [],
          ),
        )
      : {}
  } catch {
    return {}
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isDismissal(value: unknown): value is Dismissal {
  return isRecord(value) && typeof value['until'] === 'number' && typeof value['count'] === 'number'
}
