import * as oauth from 'oauth4webapi'
import { clientId, clientSecret, issuer, redirectUri, scope, visit } from './conversation.mjs'

export { read, refresh, revoke } from './oauth4webapi.mjs'

const http = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' } // a demo on this machine
const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http })
const server = await oauth.processDiscoveryResponse(issuer, found)
const client = { client_id: clientId }
const secret = oauth.ClientSecretBasic(clientSecret)

export async function connect() {
  const state = oauth.generateRandomState()
  const verifier = oauth.generateRandomCodeVerifier()
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const pushed = await oauth.pushedAuthorizationRequest(server, client, secret, parameters, http)
  const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client, pushed)
  const address = new URL(server.authorization_endpoint)
  address.search = new URLSearchParams({ client_id: clientId, request_uri })
  const callback = oauth.validateAuthResponse(server, client, await visit(address), state)
  const answer = await oauth.authorizationCodeGrantRequest(server, client, secret, callback, redirectUri, verifier, http)
  return oauth.processAuthorizationCodeResponse(server, client, answer)
}
