// What a device is told while nobody has answered, when it asks too often, when the person says no, and of a code that is none.
import { person, refusal, report, visit } from './conversation.mjs'
import { ask, poll } from './oauth4webapi-device.mjs'

const asked = await ask()
const saw = { waiting: await refusal(poll(asked)), tooEarly: await refusal(poll(asked)) }
person.decision = 'deny'
await visit(asked.verification_uri_complete)
saw.thePersonSaysNo = await refusal(poll(asked))
saw.unknown = await refusal(poll({ device_code: 'vtd_unknown' }))
report(saw)
