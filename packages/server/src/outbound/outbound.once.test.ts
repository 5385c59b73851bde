import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runProgram } from '../../../../test/support/external-program.ts'
import { respondRaw, startRawUpstream } from '../../../../test/support/raw-upstream.ts'

test('the HTTP client is loaded only for the first call', async () => {
  const upstream = await startRawUpstream(
    respondRaw('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
  )
  const program = `
    import { createRequire } from 'node:module'
    import { createOutbound } from ${JSON.stringify(join(import.meta.dirname, 'outbound.ts'))}
    const { cache } = createRequire(import.meta.url)
    const isLoaded = () => Object.keys(cache).some((path) => /[\\\\/]undici[\\\\/]/.test(path))
    const origin = process.argv[1]
    const outbound = createOutbound(['127.0.0.1'])
    const before = [outbound.checkUrl(origin) === undefined, isLoaded()]
    const { status } = await outbound.send({ method: 'GET', origin, target: '/', headers: [], body: null })
    console.log(JSON.stringify([...before, status, isLoaded()]))
    await outbound.close()`
  const options = ['--conditions=@keyporter/source', '--input-type=module', '-e', program]
  const { stdout } = await runProgram(process.execPath, { args: [...options, upstream.origin] })
  expect(JSON.parse(stdout)).toEqual([true, false, 200, true])
})
