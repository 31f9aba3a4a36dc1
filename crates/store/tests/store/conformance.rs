//! Each construct of the portable subset, run on both engines and compared row by row.

use store::{Row, Value, params};
use testkit::{TestEngine, TestStore};

use crate::support::{Raw, request};

const SETUP: &str = "
    CREATE TABLE ward (id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL);
    CREATE TABLE bed (
      id TEXT PRIMARY KEY,
      ward_id TEXT NOT NULL REFERENCES ward (id),
      state TEXT NOT NULL CHECK (state IN ('free', 'held', 'taken')),
      price_fen BIGINT NOT NULL,
      held_by TEXT,
      closed_at BIGINT,
      price_yuan BIGINT GENERATED ALWAYS AS (price_fen / 100) STORED,
      body JSONB NOT NULL
    );
    CREATE UNIQUE INDEX bed_held ON bed (held_by) WHERE held_by IS NOT NULL;
    CREATE INDEX bed_kind ON bed ((body->>'kind'));
    CREATE TABLE node (id TEXT PRIMARY KEY, parent_id TEXT REFERENCES node (id) DEFERRABLE INITIALLY DEFERRED);
    INSERT INTO ward VALUES ('w1', '心内科', 'xin nei ke'), ('w2', '神经内科', 'shen jing nei ke'),
      ('w3', 'ICU', 'icu');
    INSERT INTO bed (id, ward_id, state, price_fen, held_by, closed_at, body) VALUES
      ('b1', 'w1', 'free', 5000, NULL, NULL, '{\"kind\": \"plain\", \"beds\": 3, \"tags\": {\"window\": true}}'),
      ('b2', 'w1', 'taken', 8050, 'p1', 10, '{\"kind\": \"isolation\", \"beds\": 1}'),
      ('b3', 'w2', 'free', 5000, NULL, 30, '{\"kind\": \"plain\", \"note\": null}'),
      ('b4', 'w2', 'held', 12000, 'p2', NULL, '{\"kind\": \"plain\", \"beds\": 12}'),
      ('b5', 'w3', 'free', 99999, NULL, 20, '{\"kind\": \"intensive\", \"beds\": 2}');
    INSERT INTO node VALUES ('city', NULL), ('county', 'city'), ('town', 'county'), ('village', 'town');";

/// A query, and the parameters it is run with.
struct Case(&'static str, fn() -> Vec<Value>);

const NONE: fn() -> Vec<Value> = Vec::new;

const QUERIES: &[Case] = &[
    Case("SELECT id, ward_id, state, price_fen, held_by, closed_at, price_yuan FROM bed ORDER BY id", NONE),
    // Parameters out of order, used twice, optional ones CAST.
    Case("SELECT id FROM bed WHERE price_fen >= $2 AND state = $1 ORDER BY id", || {
        params!["free", 5_000_i64].to_vec()
    }),
    Case("SELECT id FROM bed WHERE held_by = $1 OR id = $1 ORDER BY id", || params!["p1"].to_vec()),
    Case("SELECT id FROM bed WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) ORDER BY id", || {
        params![Value::Null].to_vec()
    }),
    Case("SELECT id FROM bed WHERE (CAST($1 AS TEXT) IS NULL OR state = $1) ORDER BY id", || {
        params!["held"].to_vec()
    }),
    Case("SELECT CAST($1 AS BIGINT) + 1 AS next, CAST($2 AS TEXT) || '号' AS label", || {
        params![41_i64, "三"].to_vec()
    }),
    // JSON.
    Case("SELECT id, body->>'kind' AS kind FROM bed ORDER BY id", NONE),
    Case("SELECT id FROM bed WHERE body->>'kind' = $1 ORDER BY id", || params!["plain"].to_vec()),
    Case("SELECT id, CAST(body->>'beds' AS BIGINT) AS beds FROM bed ORDER BY id", NONE),
    Case("SELECT id FROM bed WHERE CAST(body->>'beds' AS BIGINT) > 2 ORDER BY id", NONE),
    Case("SELECT id FROM bed WHERE body->>'note' IS NULL ORDER BY id", NONE),
    Case("SELECT id, body->'tags'->>'kind' AS none FROM bed ORDER BY id", NONE),
    // NULLs, order, comparison.
    Case("SELECT id FROM bed ORDER BY closed_at NULLS LAST, id", NONE),
    Case("SELECT id FROM bed ORDER BY closed_at DESC NULLS FIRST, id", NONE),
    Case("SELECT id FROM bed WHERE held_by IS NOT DISTINCT FROM $1 ORDER BY id", || {
        params![Value::Null].to_vec()
    }),
    Case("SELECT id FROM bed WHERE held_by IS DISTINCT FROM $1 ORDER BY id", || params!["p1"].to_vec()),
    Case("SELECT name FROM ward WHERE lower(name) LIKE lower($1) ORDER BY name_key", || {
        params!["%icu%"].to_vec()
    }),
    Case("SELECT name FROM ward WHERE name LIKE '%内科%' ORDER BY name_key", NONE),
    Case("SELECT name FROM ward ORDER BY name", NONE),
    Case("SELECT length(name) AS n, substr(name, 2, 2) AS part, replace(name, '内', '外') AS r
        FROM ward ORDER BY id", NONE),
    Case("SELECT COALESCE(held_by, '-') AS h, NULLIF(state, 'free') AS s FROM bed ORDER BY id", NONE),
    Case("SELECT id, CASE WHEN closed_at IS NULL THEN 1 ELSE 0 END AS open FROM bed ORDER BY id", NONE),
    Case("SELECT id FROM bed WHERE state IN ('free', 'held') AND price_fen BETWEEN 5000 AND 12000 ORDER BY id", NONE),
    Case("SELECT 7 / 2 AS quotient, 7 % 2 AS rest, -7 / 2 AS negative, ABS(-3) AS a", NONE),
    // Keyset pages by row values.
    Case("SELECT id FROM bed WHERE (price_fen, id) > ($1, $2) ORDER BY price_fen, id LIMIT $3", || {
        params![5_000_i64, "b1", 2_i64].to_vec()
    }),
    Case("SELECT id FROM bed WHERE (price_fen, id) < ($1, $2) ORDER BY price_fen DESC, id DESC LIMIT $3", || {
        params![8_050_i64, "b2", 2_i64].to_vec()
    }),
    // Aggregates and windows.
    Case("SELECT ward_id, COUNT(*) AS beds, CAST(SUM(price_fen) AS BIGINT) AS total, MIN(id) AS first,
        COUNT(*) FILTER (WHERE state = 'free') AS free FROM bed GROUP BY ward_id ORDER BY ward_id", NONE),
    Case("SELECT ward_id FROM bed GROUP BY ward_id HAVING COUNT(*) > 1 ORDER BY ward_id", NONE),
    Case("SELECT string_agg(id, ',') AS ids FROM (SELECT id FROM bed ORDER BY id) AS ordered", NONE),
    Case("SELECT CAST(COALESCE(SUM(price_fen), 0) AS BIGINT) AS total FROM bed WHERE id = 'none'", NONE),
    Case("SELECT id, ROW_NUMBER() OVER (PARTITION BY ward_id ORDER BY price_fen DESC, id) AS place,
        CAST(SUM(price_fen) OVER (PARTITION BY ward_id) AS BIGINT) AS ward_total,
        LAG(id) OVER (ORDER BY id) AS before FROM bed ORDER BY id", NONE),
    Case("SELECT DISTINCT state FROM bed ORDER BY state", NONE),
    // Joins, sub-selects, sets.
    Case("SELECT w.id, b.id AS bed FROM ward AS w LEFT JOIN bed AS b ON b.ward_id = w.id AND b.state = 'held'
        ORDER BY w.id, b.id", NONE),
    Case("SELECT id FROM ward AS w WHERE EXISTS (SELECT 1 FROM bed WHERE ward_id = w.id AND state = 'taken')
        ORDER BY id", NONE),
    Case("SELECT id FROM bed WHERE ward_id IN (SELECT id FROM ward WHERE name_key >= $1) ORDER BY id", || {
        params!["s"].to_vec()
    }),
    Case("SELECT id, (SELECT COUNT(*) FROM bed AS o WHERE o.ward_id = b.ward_id) AS beds FROM bed AS b ORDER BY id", NONE),
    Case("SELECT id FROM ward UNION ALL SELECT id FROM bed WHERE state = 'held' ORDER BY id", NONE),
    Case("SELECT ward_id FROM bed EXCEPT SELECT id FROM ward WHERE name = 'ICU' ORDER BY ward_id", NONE),
    // Common table expressions.
    Case("WITH free AS (SELECT ward_id, COUNT(*) AS n FROM bed WHERE state = 'free' GROUP BY ward_id)
        SELECT ward.id, COALESCE(free.n, 0) AS n FROM ward LEFT JOIN free ON free.ward_id = ward.id ORDER BY ward.id", NONE),
    Case("WITH RECURSIVE below (id, depth) AS (SELECT id, 0 FROM node WHERE id = $1
        UNION ALL SELECT n.id, b.depth + 1 FROM node AS n JOIN below AS b ON n.parent_id = b.id)
        SELECT id, CAST(depth AS BIGINT) AS depth FROM below ORDER BY depth", || params!["county"].to_vec()),
    Case("WITH v (word, place) AS (VALUES ('a', 1), ('b', 2)) SELECT word, CAST(place AS BIGINT) AS place FROM v ORDER BY place", NONE),
    // Changes that answer rows.
    Case("INSERT INTO ward (id, name, name_key) VALUES ($1, '新', 'xin')
        ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING id, name", || params!["w3"].to_vec()),
    Case("INSERT INTO ward (id, name, name_key) VALUES ($1, '新', 'xin')
        ON CONFLICT (id) DO NOTHING RETURNING id", || params!["w3"].to_vec()),
    Case("UPDATE bed SET state = 'held', held_by = $2 WHERE id = $1 AND state = 'free' RETURNING id, held_by", || {
        params!["b1", "p9"].to_vec()
    }),
    Case("UPDATE bed SET state = 'held', held_by = $2 WHERE id = $1 AND state = 'free' RETURNING id, held_by", || {
        params!["b2", "p8"].to_vec()
    }),
    Case("DELETE FROM bed WHERE id = $1 RETURNING price_yuan", || params!["b5"].to_vec()),
    Case("SELECT id, state, held_by FROM bed ORDER BY id", NONE),
];

const CHANGES: &[Case] = &[
    Case("UPDATE bed SET price_fen = price_fen + $1 WHERE state = 'free'", || params![100_i64].to_vec()),
    Case("UPDATE bed SET closed_at = 5 FROM ward WHERE ward.id = bed.ward_id AND ward.name = 'ICU'", NONE),
    Case("INSERT INTO bed (id, ward_id, state, price_fen, held_by, body) VALUES ('b6', 'w1', 'free', 1, NULL, '{}')
        ON CONFLICT (held_by) WHERE held_by IS NOT NULL DO NOTHING", NONE),
    Case("INSERT INTO bed (id, ward_id, state, price_fen, held_by, body) VALUES ('b7', 'w1', 'held', 1, 'p2', '{}')
        ON CONFLICT (held_by) WHERE held_by IS NOT NULL DO NOTHING", NONE),
    Case("INSERT INTO ward (id, name, name_key) SELECT id || 'x', name, name_key FROM ward WHERE id = 'w1'", NONE),
    Case("DELETE FROM bed WHERE ward_id IN (SELECT id FROM ward WHERE name = 'ICU')", NONE),
];

const REFUSED: &[(&str, &str)] = &[
    (
        "INSERT INTO ward VALUES ('w1', 'x', 'x')",
        "store.duplicate",
    ),
    (
        "UPDATE bed SET held_by = 'p2' WHERE id = 'b1'",
        "store.duplicate",
    ),
    (
        "UPDATE bed SET state = 'lost' WHERE id = 'b1'",
        "store.constraint",
    ),
    (
        "UPDATE bed SET ward_id = 'none' WHERE id = 'b1'",
        "store.constraint",
    ),
    (
        "UPDATE bed SET body = NULL WHERE id = 'b1'",
        "store.constraint",
    ),
    ("DELETE FROM ward WHERE id = 'w1'", "store.constraint"),
    (
        "INSERT INTO node VALUES ('lost', 'nowhere')",
        "store.constraint",
    ),
    ("SELECT id FROM no_such_table", "server.internal"),
];

type Table = Vec<Vec<Value>>;

/// What one engine answers to all of it.
fn answers(engine: &TestEngine) -> (Vec<Table>, Vec<u64>, Vec<String>) {
    let store = TestStore::open(engine, &[]);
    Raw::open(&store).run(SETUP);
    let tables = QUERIES.iter().map(|Case(sql, params)| {
        let query = store
            .store
            .write_now(&request(), move |tx| tx.query_rows(sql, &params()));
        table(query.unwrap_or_else(|error| panic!("{engine:?}: {sql}: {error:?}")))
    });
    let tables = tables.collect();
    let counts = CHANGES.iter().map(|Case(sql, params)| {
        let change = store
            .store
            .write_now(&request(), move |tx| tx.execute(sql, &params()));
        change.unwrap_or_else(|error| panic!("{engine:?}: {sql}: {error:?}"))
    });
    let counts = counts.collect();
    let codes = REFUSED.iter().map(|(sql, expected)| {
        let refused = store
            .store
            .write_now(&request(), move |tx| tx.execute(sql, &[]));
        let code = refused.expect_err(sql).code().to_owned();
        assert_eq!(code, *expected, "{engine:?}: {sql}");
        code
    });
    (tables, counts, codes.collect())
}

fn table(rows: Vec<Row>) -> Table {
    rows.into_iter().map(|row| row.values).collect()
}

#[test]
fn both_engines_answer_alike() {
    let mut engines = TestEngine::all().into_iter();
    let first = answers(&engines.next().expect("SQLite is always there"));
    for engine in engines {
        let (tables, counts, codes) = answers(&engine);
        for ((Case(sql, _), ours), theirs) in QUERIES.iter().zip(&first.0).zip(&tables) {
            assert_eq!(ours, theirs, "{sql}");
        }
        for ((Case(sql, _), ours), theirs) in CHANGES.iter().zip(&first.1).zip(&counts) {
            assert_eq!(ours, theirs, "{sql}");
        }
        assert_eq!(first.2, codes);
    }
}

/// Some answers written out, so that both engines being wrong alike shows too.
#[test]
fn the_answers_are_right() {
    let (tables, counts, _) = answers(&TestEngine::Sqlite);
    let of = |part: &str| {
        let at = QUERIES
            .iter()
            .position(|Case(sql, _)| sql.contains(part))
            .expect(part);
        tables[at].clone()
    };
    assert_eq!(
        of("NULLS LAST"),
        ["b2", "b5", "b3", "b1", "b4"].map(|id| params![id].to_vec())
    );
    assert_eq!(of("7 / 2"), [params![3_i64, 1_i64, -3_i64, 3_i64]]);
    assert_eq!(
        of("WITH RECURSIVE"),
        [
            params!["county", 0_i64],
            params!["town", 1_i64],
            params!["village", 2_i64]
        ]
    );
    assert_eq!(counts, [1, 0, 1, 0, 1, 0]);
}
