//! What tables there are in a SQLite database.

use kernel::Result;

use crate::backup::catalogue::{Parent, Table, TableColumn};
use crate::engine::Connection;
use crate::params;

const TABLES: &str = "SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name";
// 2 and 3 mark generated columns.
const COLUMNS: &str =
    "SELECT name, pk FROM pragma_table_xinfo($1) WHERE hidden NOT IN (2, 3) ORDER BY cid";
const PARENTS: &str = "SELECT \"table\" AS parent FROM pragma_foreign_key_list($1)";

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

const DANGLING: &str = "SELECT \"table\" AS name FROM pragma_foreign_key_check LIMIT 1";

/// Whether foreign keys are kept from here on; only outside a transaction.
pub(crate) fn keep_foreign_keys(connection: &mut Connection<'_>, keep: bool) -> Result<()> {
    let sql = if keep {
        "PRAGMA foreign_keys = ON"
    } else {
        "PRAGMA foreign_keys = OFF"
    };
    crate::migrate::run_script(connection, sql)
}

/// A table with a row that points to nothing, if there is one.
pub(crate) fn dangling(connection: &mut Connection<'_>) -> Result<Option<String>> {
    connection
        .query(DANGLING, &[])?
        .first()
        .map(|row| row.text("name"))
        .transpose()
}
