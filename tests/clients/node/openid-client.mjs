import * as oidc from 'openid-client'
import { clientId, clientSecret, disconnected, issuer, redirectUri, refusal, report, scope, visit } from './conversation.mjs'

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

const refresh = ({ refresh_token }) => oidc.refreshTokenGrant(config, refresh_token)

async function calls({ access_token }) {
  const answer = await oidc.fetchProtectedResource(config, access_token, new URL('/v1/calls?limit=2', issuer), 'GET')
  return (await answer.json()).data
}

const revoke = ({ refresh_token }) => oidc.tokenRevocation(config, refresh_token)

const challenge = ({ status, cause }) => [status, cause?.[0]?.parameters.error]
const error = ({ status, error }) => [status, error]

const first = await connect()
const second = await refresh(first)
const saw = {
  calls: (await calls(first)).length,
  rotated: second.refresh_token !== first.refresh_token,
  callsAfterRefresh: (await calls(second)).length,
}
await revoke(second)
saw.readAfterRevoking = await refusal(calls(second), challenge)

const third = await connect()
await disconnected()
saw.readAfterDisconnecting = await refusal(calls(third), challenge)
saw.refreshAfterDisconnecting = await refusal(refresh(third), error)
report(saw)
