// How a client reads a no: of the person, of the API, of the token endpoint.
// Usage: node refusals.mjs ./CLIENT.mjs
import { person, refusal, report } from './conversation.mjs'

const { connect, read, refresh, revoke } = await import(process.argv[2])

person.decision = 'deny'
const saw = { thePersonSaysNo: await refusal(connect()) }

person.decision = 'allow'
const tokens = await connect()
saw.readWithoutTheScope = await refusal(read(tokens, '/v1/users'))
saw.readWithAForgedToken = await refusal(read({ access_token: 'vta_forged' }, '/v1/calls'))
saw.refreshWithAForgedToken = await refusal(refresh({ refresh_token: 'vtr_forged' }))
saw.revokeOfAForgedToken = await refusal(revoke({ refresh_token: 'vtr_forged' }))
report(saw)
