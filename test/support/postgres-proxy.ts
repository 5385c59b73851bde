import { connect, createServer, type Server, type Socket } from 'node:net'

/** The line between a Keyporter and its PostgreSQL, which a test can disturb. */
export type PostgresProxy = {
  /** The same database, reached over this line. */
  readonly url: string
  /** Everything passes, as if there were no line. */
  readonly restore: () => void
  /** Nothing passes, and nobody is told: as with a server that is paused, or a network that swallows all. */
  readonly pause: () => void
  /** Every connection breaks, and none is made: as with a server that has ended. */
  readonly cut: () => void
  /**
   * Breaks the connection over which a statement with this text goes, when its transaction shall commit:
   * `before` the server hears of it, or `afterwards`, when it has done so and nobody else heard.
   */
  readonly breakCommit: (statement: string, when: 'before' | 'afterwards') => void
  readonly close: () => Promise<void>
}

type State = 'open' | 'paused' | 'cut'

/** Lays a line to the PostgreSQL of this URL. */
export async function openPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl)
  const pairs = new Set<readonly [Socket, Socket]>()
  let state: State = 'open'
  let trap: { readonly statement: string; readonly when: 'before' | 'afterwards' } | undefined

  const server: Server = createServer((near) => {
    if (state === 'cut') return void near.destroy()
    const far = connect(Number(target.port === '' ? 5432 : target.port), target.hostname)
    const pair = [near, far] as const
    pairs.add(pair)
    const drop = () => {
      near.destroy()
      far.destroy()
      pairs.delete(pair)
    }
    for (const end of pair) end.on('error', drop).on('close', drop)
    let armed: 'before' | 'afterwards' | undefined
    near.on('data', (data) => {
      if (trap !== undefined && data.includes(trap.statement)) {
        armed = trap.when
        trap = undefined
      }
      if (armed === undefined || !data.includes('commit')) return void far.write(data)
      if (armed === 'before') return drop()
      far.removeAllListeners('data')
      // The answer comes once it is done; it goes no further.
      far.once('data', drop)
      far.write(data)
    })
    far.on('data', (data) => void near.write(data))
    if (state === 'paused') pausePair(pair)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  const here = new URL(target)
  here.hostname = '127.0.0.1'
  here.port = String(address.port)

  return {
    url: here.href,
    restore: () => {
      state = 'open'
      for (const pair of pairs) for (const end of pair) end.resume()
    },
    pause: () => {
      state = 'paused'
      for (const pair of pairs) pausePair(pair)
    },
    cut: () => {
      state = 'cut'
      for (const pair of pairs) for (const end of pair) end.destroy()
    },
    breakCommit: (statement, when) => {
      trap = { statement, when }
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
