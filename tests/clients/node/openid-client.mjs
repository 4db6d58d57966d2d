import * as oidc from 'openid-client'
import { clientId, clientSecret, issuer, redirectUri, scope, visit } from './conversation.mjs'
import { live } from './story.mjs'

const local = issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [] // a demo on this machine
const config = await oidc.discovery(issuer, clientId, clientSecret, undefined, { algorithm: 'oauth2', execute: local })

async function connect() {
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

async function calls({ access_token }) {
  const answer = await oidc.fetchProtectedResource(config, access_token, new URL('/v1/calls?limit=2', issuer), 'GET')
  return (await answer.json()).data
}

const refresh = ({ refresh_token }) => oidc.refreshTokenGrant(config, refresh_token)

const revoke = ({ refresh_token }) => oidc.tokenRevocation(config, refresh_token)

await live({ connect, calls, refresh, revoke })
