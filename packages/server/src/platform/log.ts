import { SECRET_PATTERN } from '@keyporter/protocol'
import { pino } from 'pino'

/** The fields that a log line may have; a closed list, so that nothing slips in. */
export type LogFields = {
  readonly requestId?: string | undefined
  /** Of the caller's W3C `traceparent`. */
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

/** The log: one JSON line per request and per fact. */
export type Log = {
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  /** Whether lines of level `debug` are written. */
  readonly isDebug: boolean
  readonly debug: (message: string, fields?: LogFields) => void
  /** An error that is ours to mend. Its message is left out: drivers and parsers put data into theirs. */
  readonly fault: (error: Error, fields?: LogFields) => void
}

/** Where lines go; standard output unless given. */
export type LogSink = { readonly write: (line: string) => void }

const secretPattern = new RegExp(SECRET_PATTERN, 'g')

/** Makes the log. Whatever looks like one of our secrets is blanked on the last step, wherever it came from. */
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

/** Name, code and stack frames of an error and its causes, without messages. */
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
