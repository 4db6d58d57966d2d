// How a script here speaks with the test that started it, in lines of JSON over stdin and stdout: it is told where the platform is and
// which client it is, asks for what only a person can do, and reports what it saw.
import { webcrypto } from 'node:crypto'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'

globalThis.crypto ??= webcrypto // Node 18 has them, but not by these names
globalThis.CryptoKey ??= webcrypto.CryptoKey

const { connect } = Socket.prototype
Socket.prototype.connect = function (...options) {
  const [{ host }] = options.flat()
  if (host !== '127.0.0.1') throw new Error(`${host} is not this machine`) // as in the Python tests
  return connect.apply(this, options)
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const hear = async () => JSON.parse((await lines.next()).value)
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)

const ask = async (name, argument = '') => {
  say({ [name]: argument })
  return (await hear()).answer
}

const told = await hear()
export const issuer = new URL(told.issuer)
export const { clientId, clientSecret, clientKey, clientMetadataUrl, redirectUri, scope } = told

/** The person follows the app's link, signs in and decides; the address at which their browser comes back to the app. */
export const visit = async (address) => new URL(await ask(person.decision, String(address)))

/** What the person says on the page of consent: `allow` or `deny`. */
export const person = { decision: 'allow' }

/** The person disconnects the app. */
export const disconnected = () => ask('disconnect')

/** What `promise` is refused with: the status, and the error of the body, of the redirect or of the challenge. */
export const refusal = (promise) =>
  promise.then(
    () => 'no refusal',
    (error) => [error.status ?? error.name, error.error ?? error.cause?.[0]?.parameters.error ?? error.message],
  )

/** The last word: what the client saw. */
export const report = (saw) => {
  say({ saw })
  process.stdin.destroy()
}
