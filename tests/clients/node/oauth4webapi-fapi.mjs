import * as oauth from 'oauth4webapi'
import { clientId, clientKey, issuer, redirectUri, scope, visit } from './conversation.mjs'

const http = { [oauth.allowInsecureRequests]: issuer.protocol === 'http:' } // a demo on this machine
const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http })
const server = await oauth.processDiscoveryResponse(issuer, found)
const client = { client_id: clientId }
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const key = await crypto.subtle.importKey('jwk', clientKey, algorithm, false, ['sign'])
const assertion = oauth.PrivateKeyJwt({ key, kid: clientKey.kid })
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256')) // keep the pair as long as the refresh token

/** What `request` answers, sent again where the platform wants its nonce in the proof (RFC 9449 8). */
async function proved(request, process) {
  const send = async () => process(await request({ DPoP, ...http }))
  return send().catch((error) => (oauth.isDPoPNonceError(error) ? send() : Promise.reject(error)))
}

export async function connect() {
  const state = oauth.generateRandomState()
  const verifier = oauth.generateRandomCodeVerifier()
  const parameters = {
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const { request_uri } = await proved(
    (options) => oauth.pushedAuthorizationRequest(server, client, assertion, parameters, options),
    (answer) => oauth.processPushedAuthorizationResponse(server, client, answer),
  )
  const address = new URL(server.authorization_endpoint)
  address.search = new URLSearchParams({ client_id: clientId, request_uri })
  const callback = oauth.validateAuthResponse(server, client, await visit(address), state) // `state` and `iss` are right
  return proved(
    (options) => oauth.authorizationCodeGrantRequest(server, client, assertion, callback, redirectUri, verifier, options),
    (answer) => oauth.processAuthorizationCodeResponse(server, client, answer),
  )
}

export const read = ({ access_token }, path) =>
  proved(
    (options) => oauth.protectedResourceRequest(access_token, 'GET', new URL(path, issuer), undefined, undefined, options),
    async (answer) => (await answer.json()).data,
  )

export const refresh = ({ refresh_token }) =>
  proved(
    (options) => oauth.refreshTokenGrantRequest(server, client, assertion, refresh_token, options),
    (answer) => oauth.processRefreshTokenResponse(server, client, answer),
  )

export async function revoke({ refresh_token }) {
  const answer = await oauth.revocationRequest(server, client, assertion, refresh_token, http)
  return oauth.processRevocationResponse(answer)
}

export async function introspect({ access_token }) {
  const answer = await oauth.introspectionRequest(server, client, assertion, access_token, http)
  return oauth.processIntrospectionResponse(server, client, answer)
}
