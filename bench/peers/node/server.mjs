// `server.mjs seed COUNT` makes the database and prints COUNT codes; `server.mjs serve PORT` serves.

import { generateKeyPairSync } from "node:crypto";
import { Provider } from "oidc-provider";
import { Adapter, makeTable, pool } from "./adapter.mjs";

const known = JSON.parse(process.env.BENCH_CLIENT);
const day = 86_400;

const provider = (port) =>
  new Provider(`http://127.0.0.1:${port}`, {
    adapter: Adapter,
    clients: [
      {
        client_id: known.id,
        client_secret: known.secret,
        redirect_uris: [known.redirect_uri],
        grant_types: ["authorization_code", "refresh_token", "client_credentials"],
        response_types: ["code"],
        id_token_signed_response_alg: "ES256",
        token_endpoint_auth_method: "client_secret_basic",
        scope: `offline_access ${known.scope}`,
      },
    ],
    scopes: ["offline_access", known.scope],
    cookies: { keys: ["a key of the comparison"] },
    jwks: { keys: [generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" })] },
    features: {
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      devInteractions: { enabled: false },
    },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    ttl: { AuthorizationCode: day, AccessToken: day, ClientCredentials: day, RefreshToken: day, Grant: day },
  });

async function seed(count) {
  await makeTable();
  const there = provider(0);
  const client = await there.Client.find(known.id);
  for (let number = 0; number < count; number += 1) console.log(await code(there, client));
  await pool.end();
}

async function code(there, client) {
  const grant = new there.Grant({ accountId: "customer", clientId: known.id });
  grant.addOIDCScope(`offline_access ${known.scope}`);
  const grantId = await grant.save();
  const made = new there.AuthorizationCode({
    accountId: "customer",
    client,
    grantId,
    redirectUri: known.redirect_uri,
    scope: `offline_access ${known.scope}`,
    codeChallenge: known.challenge,
    codeChallengeMethod: "S256",
    authTime: Math.floor(Date.now() / 1000),
  });
  return made.save();
}

const [command, argument] = process.argv.slice(2);
if (command === "seed") await seed(Number(argument));
else provider(argument).listen(Number(argument), "127.0.0.1");
