"""A full-text index over a table's ``search_words`` column, alike on SQLite and PostgreSQL.

SQLite: an FTS5 table whose content is the table itself, kept in step by triggers. PostgreSQL: a
GIN index over the words as a tsvector. The column holds normalised stems with blanks between them
(``core.search``); neither database's own parser or dictionary touches them, so :func:`matching`
gives the same rows on both. The table has an integer ``id``.
"""

from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Table, event, false, literal, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import Boolean

from service_app.core.search import query_terms

_WORDS = "array_to_tsvector(array_remove(string_to_array({words}, ' '), ''))"


def searched(model: type[DeclarativeBase]) -> None:
    """Make the index together with the model's table and drop it with it."""
    table = cast(Table, model.__table__)
    event.listen(table, "after_create", _after_create)
    event.listen(table, "before_drop", _before_drop)


def matching(model: Any, query: str) -> ColumnElement[bool]:
    """Rows of ``model`` (or an alias of it) in which every word of ``query`` begins a word.

    A query of blanks matches every row; one of signs alone matches none.
    """
    if not query.strip():
        return true()
    terms = query_terms(query)
    if not terms:
        return false()
    sqlite = " AND ".join(f'"{term}" *' for term in terms)
    postgresql = " & ".join(f"'{term}':*" for term in terms)
    return _Matching(model.id, model.search_words, literal(sqlite), literal(postgresql))


class _Matching(FunctionElement[bool]):
    """The condition, written by each database in its own way."""

    type = Boolean()
    inherit_cache = True
    name = "matching"


@compiles(_Matching, "sqlite")
def _on_sqlite(element: _Matching, compiler: SQLCompiler, **kw: Any) -> str:
    row_id, _words, query, _other = element.clauses
    index = f"{_table_name(row_id)}_text"
    found = f"SELECT rowid FROM {index} WHERE {index} MATCH {compiler.process(query, **kw)}"
    return f"{compiler.process(row_id, **kw)} IN ({found})"


@compiles(_Matching, "postgresql")
def _on_postgresql(element: _Matching, compiler: SQLCompiler, **kw: Any) -> str:
    _row_id, words, _other, query = element.clauses
    vector = _WORDS.format(words=compiler.process(words, **kw))
    return f"{vector} @@ CAST({compiler.process(query, **kw)} AS tsquery)"


def _table_name(column: Any) -> str:
    table = column.table
    return str(getattr(table, "element", table).name)


def _after_create(target: Table, connection: Connection, **_: Any) -> None:
    create(connection, target.name)


def _before_drop(target: Table, connection: Connection, **_: Any) -> None:
    drop(connection, target.name)


def create(connection: Connection, table: str) -> None:
    """Make the index of ``table``; rows that are there already are taken in.

    A migration calls it with ``op.get_bind()``.
    """
    for statement in _statements(connection.dialect.name, table):
        connection.exec_driver_sql(statement)


def drop(connection: Connection, table: str) -> None:
    """Undo :func:`create`."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP INDEX IF EXISTS ix_{table}_search_words")
        return
    for moment in ("insert", "update", "delete"):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_text_{moment}")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}_text")


def _statements(dialect: str, table: str) -> list[str]:
    if dialect == "postgresql":
        vector = _WORDS.format(words="search_words")
        return [f"CREATE INDEX ix_{table}_search_words ON {table} USING gin (({vector}))"]
    index = f"{table}_text"
    add = f"INSERT INTO {index}(rowid, search_words) VALUES (new.id, new.search_words);"
    remove = (
        f"INSERT INTO {index}({index}, rowid, search_words)"
        " VALUES ('delete', old.id, old.search_words);"
    )
    return [
        f"CREATE VIRTUAL TABLE {index} USING fts5(search_words, content='{table}',"
        " content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='1 2 3')",
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {add} END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {remove} END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF search_words ON {table}"
        f" BEGIN {remove} {add} END",
        f"INSERT INTO {index}({index}) VALUES ('rebuild')",
    ]
