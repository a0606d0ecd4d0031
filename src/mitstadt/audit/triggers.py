"""The database itself refuses to change the log: SQL for both kinds of database.

On SQLite a later migration that changes these tables rebuilds them and loses the triggers; create them again at its
end (a test looks).
"""

from __future__ import annotations

TABLES = ("audit_entry", "audit_seal")
FIXED = ("id", "at", "action", "actor", "actor_label", "object", "payload_digest", "digest")
MESSAGE = "the audit log is append-only"

_changed = " OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in FIXED)
SQLITE = [
    f"""CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry
    WHEN {_changed}
      OR (OLD.seal IS NOT NULL AND NEW.seal IS NOT OLD.seal)
      OR (NEW.payload IS NOT OLD.payload AND NEW.payload IS NOT NULL)
      OR (NEW.salt IS NOT OLD.salt AND NEW.salt <> '')
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    f"""CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    f"""CREATE TRIGGER audit_seal_update BEFORE UPDATE ON audit_seal
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    f"""CREATE TRIGGER audit_seal_delete BEFORE DELETE ON audit_seal
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
]
SQLITE_DROP = [f"DROP TRIGGER IF EXISTS {table}_{verb}" for table in TABLES for verb in ("update", "delete")]

_differs = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in FIXED)
POSTGRESQL = [
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE TRIGGER audit_entry_update BEFORE UPDATE ON audit_entry FOR EACH ROW
    WHEN ({_differs}
      OR (OLD.seal IS NOT NULL AND NEW.seal IS DISTINCT FROM OLD.seal)
      OR (NEW.payload IS DISTINCT FROM OLD.payload AND NEW.payload IS NOT NULL)
      OR (NEW.salt IS DISTINCT FROM OLD.salt AND NEW.salt <> ''))
    EXECUTE FUNCTION audit_refuse()""",
    "CREATE TRIGGER audit_entry_delete BEFORE DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_seal_update BEFORE UPDATE ON audit_seal FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_seal_delete BEFORE DELETE ON audit_seal FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
]
POSTGRESQL_DROP = [f"DROP TRIGGER IF EXISTS {t}_{verb} ON {t}" for t in TABLES for verb in ("update", "delete")] + [
    "DROP FUNCTION IF EXISTS audit_refuse()"
]
