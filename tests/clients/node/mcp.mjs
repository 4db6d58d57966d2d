// The OAuth client inside the SDK that MCP hosts are built with. It is given the address of what it wants to read and finds the rest.
import { auth, discoverOAuthServerInfo, extractWWWAuthenticateParams } from '@modelcontextprotocol/sdk/client/auth.js'
import { clientId, clientMetadataUrl, disconnected, issuer, redirectUri, report, visit } from './conversation.mjs'

const address = new URL('/v1/calls?limit=2', issuer)
const kept = { client: clientId ? { client_id: clientId } : undefined }
const seen = []

/** What a host keeps for the SDK. Without `client` the SDK registers it: by its metadata document (CIMD), or else anew (RFC 7591). */
const host = {
  redirectUrl: redirectUri,
  clientMetadata: { client_name: 'A host', redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' },
  clientMetadataUrl,
  clientInformation: () => kept.client,
  saveClientInformation: (client) => void (kept.client = client),
  saveDiscoveryState: (found) => void (kept.found = found),
  tokens: () => kept.tokens,
  saveTokens: (tokens) => void (kept.tokens = tokens),
  saveCodeVerifier: (verifier) => void (kept.verifier = verifier),
  codeVerifier: () => kept.verifier,
  state: () => 'the state',
  redirectToAuthorization: (address) => void (kept.address = address),
  invalidateCredentials: (what) => {
    seen.push(`forget ${what}`)
    delete kept.tokens
  },
}

const read = () => fetch(address, kept.tokens && { headers: { Authorization: `Bearer ${kept.tokens.access_token}` } })

/** What the SDK does about a 401, as its transport does it; `more` names scopes beside those that the challenge asks for. */
async function authorise(refused, more = '') {
  const { resourceMetadataUrl, scope } = extractWWWAuthenticateParams(refused)
  const options = { serverUrl: address, resourceMetadataUrl, scope: [scope, more].filter(Boolean).join(' ') || undefined }
  const result = await auth(host, options)
  if (result !== 'REDIRECT') return result
  const back = await visit(kept.address)
  return auth(host, { ...options, authorizationCode: back.searchParams.get('code') })
}

const refused = await read()
const saw = { unauthenticated: [refused.status, extractWWWAuthenticateParams(refused)] }
saw.foundByAddressAlone = (await discoverOAuthServerInfo(address)).authorizationServerMetadata.issuer
saw.connected = await authorise(refused, 'offline_access')
saw.found = { resource: kept.found.resourceMetadata.resource, issuer: kept.found.authorizationServerMetadata.issuer }
saw.asked = kept.address.searchParams.get('resource')
saw.client = kept.client
saw.calls = (await (await read()).json()).data.length

const first = kept.tokens
saw.refreshed = await auth(host, { serverUrl: address })
saw.rotated = kept.tokens.refresh_token !== first.refresh_token
saw.callsAfterRefresh = (await (await read()).json()).data.length

await disconnected()
const ended = await read()
const { resourceMetadataUrl, scope, error } = extractWWWAuthenticateParams(ended)
saw.readAfterDisconnecting = [ended.status, error]
saw.afterDisconnecting = await auth(host, { serverUrl: address, resourceMetadataUrl, scope })
saw.forgot = seen
report(saw)
