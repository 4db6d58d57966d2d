// What every client goes through: connect, read, refresh, revoke; connect anew, and see the customer end it.
// Usage: node story.mjs ./CLIENT.mjs
import { disconnected, refusal, report } from './conversation.mjs'

const CALLS = '/v1/calls?limit=2'
const { connect, read, refresh, revoke, introspect = async () => undefined } = await import(process.argv[2])

const first = await connect()
const second = await refresh(first)
const saw = {
  calls: (await read(first, CALLS)).length,
  rotated: second.refresh_token !== first.refresh_token,
  callsAfterRefresh: (await read(second, CALLS)).length,
  introspected: await introspect(second),
}
await revoke(second)
saw.readAfterRevoking = await refusal(read(second, CALLS))
saw.introspectedAfterRevoking = await introspect(second)

const third = await connect()
await disconnected()
saw.readAfterDisconnecting = await refusal(read(third, CALLS))
saw.refreshAfterDisconnecting = await refusal(refresh(third))
report(saw)
