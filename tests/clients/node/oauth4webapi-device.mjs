import * as oauth from 'oauth4webapi'
import { clientId, issuer, scope, visit } from './conversation.mjs'

const http = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' } // a demo on this machine
const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http })
const server = await oauth.processDiscoveryResponse(issuer, found)
const client = { client_id: clientId }
const nothing = oauth.None() // a device keeps no secret

export async function ask() {
  const answer = await oauth.deviceAuthorizationRequest(server, client, nothing, { scope }, http)
  return oauth.processDeviceAuthorizationResponse(server, client, answer)
}

export async function poll({ device_code }) {
  const answer = await oauth.deviceCodeGrantRequest(server, client, nothing, device_code, http)
  return oauth.processDeviceCodeResponse(server, client, answer)
}

export async function connect() {
  const asked = await ask()
  visit(asked.verification_uri_complete) // show the address and asked.user_code, and a QR code if you have room
  for (let seconds = asked.interval ?? 5; ; ) {
    await new Promise((done) => setTimeout(done, 1000 * seconds))
    try {
      return await poll(asked)
    } catch ({ error, message }) {
      if (error === 'slow_down') seconds += 5
      else if (error !== 'authorization_pending') throw new Error(error ?? message) // access_denied, expired_token
    }
  }
}

export async function read({ access_token }, path) {
  const address = new URL(path, issuer)
  const answer = await oauth.protectedResourceRequest(access_token, 'GET', address, undefined, undefined, http)
  return (await answer.json()).data
}

export async function refresh({ refresh_token }) {
  const answer = await oauth.refreshTokenGrantRequest(server, client, nothing, refresh_token, http)
  return oauth.processRefreshTokenResponse(server, client, answer)
}

export async function revoke({ refresh_token }) {
  return oauth.processRevocationResponse(await oauth.revocationRequest(server, client, nothing, refresh_token, http))
}
