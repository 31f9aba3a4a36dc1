//! What tables there are in a PostgreSQL schema.

use kernel::Result;

use crate::backup::catalogue::{Parent, Table, TableColumn};
use crate::engine::Connection;
use crate::params;

const TABLES: &str = "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables
    WHERE schemaname = current_schema() ORDER BY tablename";
const COLUMNS: &str = "SELECT CAST(c.column_name AS TEXT) AS name,
    CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS pk
    FROM information_schema.columns AS c
    LEFT JOIN information_schema.table_constraints AS t
      ON t.table_schema = c.table_schema AND t.table_name = c.table_name
      AND t.constraint_type = 'PRIMARY KEY'
    LEFT JOIN information_schema.key_column_usage AS k
      ON k.constraint_schema = t.constraint_schema AND k.constraint_name = t.constraint_name
      AND k.table_name = c.table_name AND k.column_name = c.column_name
    WHERE c.table_schema = current_schema() AND c.table_name = $1 AND c.is_generated = 'NEVER'
    ORDER BY c.ordinal_position";
const PARENTS: &str = "SELECT CAST(p.relname AS TEXT) AS parent
    FROM pg_constraint AS k
    JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_class AS p ON p.oid = k.confrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE k.contype = 'f' AND n.nspname = current_schema() AND c.relname = $1";

/// All tables with their columns, keys and parents.
pub(crate) fn read(connection: &mut Connection<'_>) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for row in connection.query(TABLES, &[])? {
        let name = row.text("name")?;
        let columns = connection.query(COLUMNS, &params![name.as_str()])?;
        let columns: Vec<TableColumn> = columns
            .into_iter()
            .map(crate::Row::decode)
            .collect::<Result<_>>()?;
        let parents = connection.query(PARENTS, &params![name.as_str()])?;
        let parents = parents.into_iter().map(crate::Row::decode::<Parent>);
        let parents = parents
            .map(|parent| parent.map(|one| one.parent))
            .collect::<Result<_>>()?;
        tables.push(Table::new(name, &columns, parents));
    }
    Ok(tables)
}
