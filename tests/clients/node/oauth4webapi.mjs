import * as oauth from 'oauth4webapi'
import { clientId, clientSecret, issuer, redirectUri, scope, visit } from './conversation.mjs'

const http = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' } // a demo on this machine
const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http })
const server = await oauth.processDiscoveryResponse(issuer, found)
const client = { client_id: clientId }
const secret = oauth.ClientSecretBasic(clientSecret)

export async function connect() {
  const state = oauth.generateRandomState()
  const verifier = oauth.generateRandomCodeVerifier()
  const address = new URL(server.authorization_endpoint)
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const callback = oauth.validateAuthResponse(server, client, await visit(address), state) // `state` and `iss` are right
  const answer = await oauth.authorizationCodeGrantRequest(server, client, secret, callback, redirectUri, verifier, http)
  return oauth.processAuthorizationCodeResponse(server, client, answer)
}

export async function read({ access_token }, path) {
  const address = new URL(path, issuer)
  const answer = await oauth.protectedResourceRequest(access_token, 'GET', address, undefined, undefined, http)
  return (await answer.json()).data
}

export async function refresh({ refresh_token }) {
  const answer = await oauth.refreshTokenGrantRequest(server, client, secret, refresh_token, http)
  return oauth.processRefreshTokenResponse(server, client, answer)
}

export async function revoke({ refresh_token }) {
  const answer = await oauth.revocationRequest(server, client, secret, refresh_token, http)
  return oauth.processRevocationResponse(answer)
}

export async function introspect({ access_token }) {
  const answer = await oauth.introspectionRequest(server, client, secret, access_token, http)
  return oauth.processIntrospectionResponse(server, client, answer)
}
