// Storage of node oidc-provider in PostgreSQL: one table, a row a thing, as its documentation describes an adapter.

import pg from "pg";

export const pool = new pg.Pool({ connectionString: process.env.BENCH_URL, max: 16 });

export const makeTable = () =>
  pool.query(`
    CREATE TABLE IF NOT EXISTS thing (
      kind text, id text, payload jsonb NOT NULL, grant_id text, uid text, user_code text,
      expires_at timestamptz, consumed_at timestamptz, PRIMARY KEY (kind, id));
    CREATE INDEX IF NOT EXISTS thing_of_grant ON thing (grant_id);`);

const run = (name, text, values) => pool.query({ name, text, values });

export class Adapter {
  constructor(kind) {
    this.kind = kind;
  }

  async upsert(id, payload, expiresIn) {
    const until = expiresIn ? new Date(Date.now() + expiresIn * 1000) : null;
    await run(
      "upsert",
      `INSERT INTO thing (kind, id, payload, grant_id, uid, user_code, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (kind, id) DO UPDATE SET payload = $3, grant_id = $4, uid = $5, user_code = $6, expires_at = $7`,
      [this.kind, id, payload, payload.grantId, payload.uid, payload.userCode, until],
    );
  }

  async find(id) {
    const found = await run("find", "SELECT payload, expires_at, consumed_at FROM thing WHERE kind = $1 AND id = $2", [
      this.kind,
      id,
    ]);
    const row = found.rows[0];
    if (!row || (row.expires_at && row.expires_at < new Date())) return undefined;
    return row.consumed_at ? { ...row.payload, consumed: row.consumed_at.getTime() / 1000 } : row.payload;
  }

  async consume(id) {
    await run("consume", "UPDATE thing SET consumed_at = $3 WHERE kind = $1 AND id = $2", [this.kind, id, new Date()]);
  }

  async destroy(id) {
    await run("destroy", "DELETE FROM thing WHERE kind = $1 AND id = $2", [this.kind, id]);
  }

  async revokeByGrantId(grantId) {
    await run("revoke", "DELETE FROM thing WHERE grant_id = $1", [grantId]);
  }
}
