// What every client goes through, told in its own functions: connect, read, refresh, revoke; connect anew, and see the customer end it.
import { disconnected, report } from './conversation.mjs'

/** What `promise` is refused with: the status, and the error of the body or of the challenge. */
const refusal = (promise) =>
  promise.then(
    () => 'no refusal',
    (error) => [error.status ?? String(error.stack), error.error ?? error.cause?.[0]?.parameters.error],
  )

export async function live({ connect, calls, refresh, revoke, introspect = async () => undefined }) {
  const first = await connect()
  const second = await refresh(first)
  const saw = {
    calls: (await calls(first)).length,
    rotated: second.refresh_token !== first.refresh_token,
    callsAfterRefresh: (await calls(second)).length,
    introspected: await introspect(second),
  }
  await revoke(second)
  saw.readAfterRevoking = await refusal(calls(second))
  saw.introspectedAfterRevoking = await introspect(second)

  const third = await connect()
  await disconnected()
  saw.readAfterDisconnecting = await refusal(calls(third))
  saw.refreshAfterDisconnecting = await refusal(refresh(third))
  report(saw)
}
