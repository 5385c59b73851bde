import { SECRET_PATTERN } from '@keyporter/protocol'
import { pino } from 'pino'

/** The fields of a log line: a closed list, so that no other data is logged. */
export type LogFields = {
  readonly requestId?: string | undefined
  /** The trace id of the caller's W3C `traceparent`. */
  readonly traceId?: string | undefined
  readonly method?: string | undefined
  readonly route?: string | undefined
  readonly status?: number | undefined
  readonly milliseconds?: number | undefined
  readonly actor?: string | undefined
  readonly organizationId?: string | undefined
  readonly credentialId?: string | undefined
  readonly code?: string | undefined
}

/** The log: one JSON line per request and per event. */
export type Log = {
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  /** Whether lines of level `debug` are written. */
  readonly isDebug: boolean
  readonly debug: (message: string, fields?: LogFields) => void
  /** Logs an internal error without its message: messages of drivers and parsers contain data. */
  readonly fault: (error: Error, fields?: LogFields) => void
}

/** The destination of log lines; standard output by default. */
export type LogSink = { readonly write: (line: string) => void }

const secretPattern = new RegExp(SECRET_PATTERN, 'g')

/**
 * Creates the log. The last step redacts every string that matches the format of Keyporter's
 * secrets.
 */
export function createLog(
  level: string,
  sink: LogSink = pino.destination({ dest: 1, sync: true }),
): Log {
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => sink.write(line.replace(secretPattern, '[secret]')) },
  )
  return {
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    isDebug: log.isLevelEnabled('debug'),
    debug: (message, fields) => log.debug(fields ?? {}, message),
    fault: (error, fields) => log.error({ ...fields, fault: describeFault(error) }, 'fault'),
  }
}

/** Returns name, code and stack frames of an error and of its causes, without messages. */
function describeFault(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { name: typeof error }
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('errcode' in error && typeof error.errcode === 'number' ? { errcode: error.errcode } : {}),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .slice(0, 8)
      .map((line) => line.trim()),
    ...(error.cause === undefined || depth > 3
      ? {}
      : { cause: describeFault(error.cause, depth + 1) }),
  }
}
