"""The full-text index and its triggers, for each database. Every statement may be run again.

SQLite: FTS5 with external content (the three term columns of `search_document`). PostgreSQL: two `tsvector` columns
with GIN, filled by a trigger. On both, another trigger notes for the vocabulary what a document lost and gained.
Terms are ASCII letters and digits (see `analyze.py`), so no tokeniser and no dictionary of the database has a say.
"""

# ruff: noqa: S608 - statements are made of this file's constants
from __future__ import annotations

from typing import Any

ANALYSIS = ("title_terms", "text_terms", "part_terms")


def _joined(row: str) -> str:
    return " || ' ' || ".join(f"{row}.{column}" for column in ANALYSIS)


SQLITE_DROP = [
    "DROP TRIGGER IF EXISTS search_document_insert",
    "DROP TRIGGER IF EXISTS search_document_delete",
    "DROP TRIGGER IF EXISTS search_document_update",
    "DROP TABLE IF EXISTS search_fts",
]

_NEW = "VALUES (new.subject_id, new.title_terms, new.text_terms, new.part_terms)"
_OLD = "VALUES ('delete', old.subject_id, old.title_terms, old.text_terms, old.part_terms)"
_COLUMNS = "rowid, title_terms, text_terms, part_terms"

SQLITE_CREATE = [
    "CREATE VIRTUAL TABLE search_fts USING fts5(title_terms, text_terms, part_terms, "
    "content='search_document', content_rowid='subject_id', tokenize='ascii')",
    f"CREATE TRIGGER search_document_insert AFTER INSERT ON search_document BEGIN "
    f"INSERT INTO search_fts({_COLUMNS}) {_NEW}; "
    f"INSERT INTO search_wordchange(before, after) VALUES ('', {_joined('new')}); END",
    f"CREATE TRIGGER search_document_delete AFTER DELETE ON search_document BEGIN "
    f"INSERT INTO search_fts(search_fts, {_COLUMNS}) {_OLD}; "
    f"INSERT INTO search_wordchange(before, after) VALUES ({_joined('old')}, ''); END",
    f"CREATE TRIGGER search_document_update AFTER UPDATE OF subject_id, title_terms, text_terms, part_terms "
    f"ON search_document WHEN old.subject_id <> new.subject_id OR {_joined('old')} <> {_joined('new')} BEGIN "
    f"INSERT INTO search_fts(search_fts, {_COLUMNS}) {_OLD}; "
    f"INSERT INTO search_fts({_COLUMNS}) {_NEW}; "
    f"INSERT INTO search_wordchange(before, after) VALUES ({_joined('old')}, {_joined('new')}); END",
    "INSERT INTO search_fts(search_fts) VALUES ('rebuild')",
]

POSTGRES_DROP = [
    "SET CONSTRAINTS ALL IMMEDIATE",  # or pending checks forbid to change the table
    "DROP TRIGGER IF EXISTS search_document_vectors ON search_document",
    "DROP TRIGGER IF EXISTS search_document_words ON search_document",
    "DROP FUNCTION IF EXISTS search_document_vectors()",
    "DROP FUNCTION IF EXISTS search_document_words()",
    "DROP FUNCTION IF EXISTS search_vector(text, text)",
    "DROP INDEX IF EXISTS search_document_title_vector",
    "DROP INDEX IF EXISTS search_document_vector",
    "ALTER TABLE search_document DROP COLUMN IF EXISTS title_vector",
    "ALTER TABLE search_document DROP COLUMN IF EXISTS vector",
]

POSTGRES_CREATE = [
    "ALTER TABLE search_document ADD COLUMN title_vector tsvector",
    "ALTER TABLE search_document ADD COLUMN vector tsvector",
    # Kept in the row: read from TOAST, matching 3,000 rows touched ten times as many pages.
    "ALTER TABLE search_document ALTER COLUMN title_vector SET STORAGE MAIN",
    "ALTER TABLE search_document ALTER COLUMN vector SET STORAGE MAIN",
    # Positions count from 1 and end at 16383, PostgreSQL's own bound; later words stay findable, not countable.
    """CREATE FUNCTION search_vector(terms text, weight text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(string_agg(word || ':' || least(place, 16383) || weight, ' '), '')::tsvector
    FROM unnest(string_to_array(terms, ' ')) WITH ORDINALITY AS t(word, place) WHERE word <> '' $$""",
    """CREATE FUNCTION search_document_vectors() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        new.title_vector := search_vector(new.title_terms, 'A');
        new.vector := new.title_vector || search_vector(new.text_terms, 'C')
            || array_to_tsvector(array_remove(string_to_array(new.part_terms, ' '), ''));
        RETURN new;
    END $$""",
    """CREATE FUNCTION search_document_words() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        lost text := '';
        gained text := '';
    BEGIN
        IF TG_OP <> 'INSERT' THEN lost := """
    + _joined("old")
    + """; END IF;
        IF TG_OP <> 'DELETE' THEN gained := """
    + _joined("new")
    + """; END IF;
        IF lost <> gained THEN
            INSERT INTO search_wordchange(before, after) VALUES (lost, gained);
        END IF;
        RETURN NULL;
    END $$""",
    "CREATE TRIGGER search_document_vectors BEFORE INSERT OR UPDATE OF title_terms, text_terms, part_terms "
    "ON search_document FOR EACH ROW EXECUTE FUNCTION search_document_vectors()",
    "CREATE TRIGGER search_document_words AFTER INSERT OR DELETE OR UPDATE OF title_terms, text_terms, part_terms "
    "ON search_document FOR EACH ROW EXECUTE FUNCTION search_document_words()",
    "UPDATE search_document SET title_terms = title_terms",
    "CREATE INDEX search_document_title_vector ON search_document USING gin (title_vector)",
    "CREATE INDEX search_document_vector ON search_document USING gin (vector)",
    "ALTER TABLE search_document ALTER COLUMN vector SET STATISTICS 1000",
]


def drop(connection: Any) -> None:
    _run(connection, SQLITE_DROP if connection.vendor == "sqlite" else POSTGRES_DROP)


def create(connection: Any) -> None:
    """Make the index from what `search_document` holds."""
    drop(connection)
    _run(connection, SQLITE_CREATE if connection.vendor == "sqlite" else POSTGRES_CREATE)


def is_there(connection: Any) -> bool:
    """Are index and triggers in place? (Django re-makes SQLite tables to change them, which loses triggers.)"""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE name LIKE 'search_document_%' AND type = 'trigger'"
            )
            return bool(cursor.fetchone()[0] == 3)
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgname IN ('search_document_vectors', 'search_document_words')"
        )
        return bool(cursor.fetchone()[0] == 2)


def _run(connection: Any, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
