import * as oidc from 'openid-client'
import { clientId, clientSecret, issuer, redirectUri, scope, visit } from './conversation.mjs'

const local = issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [] // a demo on this machine
const config = await oidc.discovery(issuer, clientId, clientSecret, undefined, { algorithm: 'oauth2', execute: local })

export async function connect() {
  const state = oidc.randomState()
  const verifier = oidc.randomPKCECodeVerifier()
  const address = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  return oidc.authorizationCodeGrant(config, await visit(address), { pkceCodeVerifier: verifier, expectedState: state })
}

export async function read({ access_token }, path) {
  const answer = await oidc.fetchProtectedResource(config, access_token, new URL(path, issuer), 'GET')
  return (await answer.json()).data
}

export const refresh = ({ refresh_token }) => oidc.refreshTokenGrant(config, refresh_token)

export const revoke = ({ refresh_token }) => oidc.tokenRevocation(config, refresh_token)
