import pg from 'pg';

/** What is simplest: a statement for each use, while its caller waits. */
export class CountingBaseline {
  #sql;

  /** @param {pg.Client} sql */
  constructor(sql) {
    this.#sql = sql;
  }

  /** @param {string} databaseUrl */
  static async open(databaseUrl) {
    const sql = new pg.Client({ connectionString: databaseUrl });
    await sql.connect();
    await sql.query(
      'CREATE TABLE public.uses (key_id uuid PRIMARY KEY, uses bigint NOT NULL, last_used_at timestamptz NOT NULL)',
    );
    return new CountingBaseline(sql);
  }

  /** @param {string} keyId */
  async count(keyId) {
    await this.#sql.query(
      `INSERT INTO public.uses AS known VALUES ($1, 1, now())
       ON CONFLICT (key_id) DO UPDATE SET uses = known.uses + 1, last_used_at = now()`,
      [keyId],
    );
  }

  async close() {
    await this.#sql.end();
  }
}
