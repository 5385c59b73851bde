import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy between Keyporter and PostgreSQL, which a test can disturb. */
export type PostgresProxy = {
  /** The URL of the same database through this proxy. */
  readonly url: string
  /** Forwards everything again. */
  readonly restore: () => void
  /** Forwards nothing and closes nothing: like a paused server, or a network that drops packets. */
  readonly pause: () => void
  /** Breaks every connection and accepts none: like a stopped server. */
  readonly cut: () => void
  /**
   * Breaks the connection that sends data with this text, at the commit of its transaction:
   * `before` the server receives the commit, or `afterwards`, when the server has committed and the
   * client has no response. With `cut`, every connection breaks at the same time.
   */
  readonly breakCommit: (
    statement: string,
    when: 'before' | 'afterwards',
    others?: 'keep' | 'cut',
  ) => void
  readonly close: () => Promise<void>
}

type State = 'open' | 'paused' | 'cut'

/** Starts a proxy to the PostgreSQL of this URL. */
export async function openPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl)
  const pairs = new Set<readonly [Socket, Socket]>()
  let state: State = 'open'
  let plannedBreak:
    | {
        readonly statement: string
        readonly when: 'before' | 'afterwards'
        readonly others: 'keep' | 'cut'
      }
    | undefined

  const cut = (): void => {
    state = 'cut'
    for (const pair of pairs) for (const end of pair) end.destroy()
  }

  const server: Server = createServer((client) => {
    if (state === 'cut') return void client.destroy()
    const database = connect(Number(target.port === '' ? 5432 : target.port), target.hostname)
    const pair = [client, database] as const
    pairs.add(pair)
    const drop = () => {
      client.destroy()
      database.destroy()
      pairs.delete(pair)
    }
    for (const end of pair) end.on('error', drop).on('close', drop)
    let activeBreak: typeof plannedBreak
    const breakOff = () => (activeBreak?.others === 'cut' ? cut() : drop())
    client.on('data', (data) => {
      if (plannedBreak !== undefined && data.includes(plannedBreak.statement)) {
        activeBreak = plannedBreak
        plannedBreak = undefined
      }
      if (activeBreak === undefined || !data.includes('commit')) return void database.write(data)
      if (activeBreak.when === 'before') return breakOff()
      database.removeAllListeners('data')
      // The response to the commit is dropped.
      database.once('data', breakOff)
      database.write(data)
    })
    database.on('data', (data) => void client.write(data))
    if (state === 'paused') pausePair(pair)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const proxyUrl = new URL(target)
  proxyUrl.hostname = '127.0.0.1'
  proxyUrl.port = String(address.port)

  return {
    url: proxyUrl.href,
    restore: () => {
      state = 'open'
      for (const pair of pairs) for (const end of pair) end.resume()
    },
    pause: () => {
      state = 'paused'
      for (const pair of pairs) pausePair(pair)
    },
    cut,
    breakCommit: (statement, when, others = 'keep') => {
      plannedBreak = { statement, when, others }
    },
    close: async () => {
      for (const pair of pairs) for (const end of pair) end.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function pausePair(pair: readonly [Socket, Socket]): void {
  for (const end of pair) end.pause()
}
