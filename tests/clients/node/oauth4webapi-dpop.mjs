import * as oauth from 'oauth4webapi'
import { clientId, clientSecret, issuer, redirectUri, scope, visit } from './conversation.mjs'

const http = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' } // a demo on this machine
const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http })
const server = await oauth.processDiscoveryResponse(issuer, found)
const client = { client_id: clientId }
const secret = oauth.ClientSecretBasic(clientSecret)
const key = await oauth.generateKeyPair('ES256') // keep it: what is bound to it is of no use without it
const DPoP = oauth.DPoP(client, key)

/** Once more with the nonce that the server gave, where it asks for one. */
const withNonce = (request) => request().catch((error) => (oauth.isDPoPNonceError(error) ? request() : Promise.reject(error)))

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
  const { request_uri } = await withNonce(async () => {
    const answer = await oauth.pushedAuthorizationRequest(server, client, secret, parameters, { DPoP, ...http })
    return oauth.processPushedAuthorizationResponse(server, client, answer)
  })
  const address = new URL(server.authorization_endpoint)
  address.search = new URLSearchParams({ client_id: clientId, request_uri })
  const callback = oauth.validateAuthResponse(server, client, await visit(address), state)
  return withNonce(async () => {
    const options = { DPoP, ...http }
    const answer = await oauth.authorizationCodeGrantRequest(server, client, secret, callback, redirectUri, verifier, options)
    return oauth.processAuthorizationCodeResponse(server, client, answer)
  })
}

export async function read({ access_token }, path) {
  const address = new URL(path, issuer)
  const options = { DPoP, ...http }
  const ask = () => oauth.protectedResourceRequest(access_token, 'GET', address, undefined, undefined, options)
  return (await (await withNonce(ask)).json()).data
}

export const refresh = ({ refresh_token }) =>
  withNonce(async () => {
    const answer = await oauth.refreshTokenGrantRequest(server, client, secret, refresh_token, { DPoP, ...http })
    return oauth.processRefreshTokenResponse(server, client, answer)
  })

export async function revoke({ refresh_token }) {
  return oauth.processRevocationResponse(await oauth.revocationRequest(server, client, secret, refresh_token, http))
}

export async function introspect({ access_token }) {
  const answer = await oauth.introspectionRequest(server, client, secret, access_token, http)
  return oauth.processIntrospectionResponse(server, client, answer)
}
