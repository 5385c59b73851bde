// A sample third-party API. It knows one parcel, requires a key in X-Api-Key, and echoes the request headers, like
// some careless APIs do.
//
//   node examples/third-party-api.mjs [port]
import { createServer } from 'node:http'

const KEY = 'parcel-key-of-zeus-7f3a91'
const port = Number(process.argv[2] ?? 8090)

const server = createServer((request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(`${JSON.stringify(body)}\n`)
  }
  if (request.headers['x-api-key'] !== KEY) return answer(401, { error: 'Authentication required' })
  if (request.url !== '/v1/parcels/42') return answer(404, { error: 'No such parcel' })
  return answer(200, { parcel: 42, state: 'on its way', receivedHeaders: request.headers })
})

server.listen(port, '127.0.0.1', () => {
  process.stdout.write(`Sample third-party API on http://127.0.0.1:${server.address().port}\n`)
})
