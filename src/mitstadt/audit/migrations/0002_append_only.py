from django.db import migrations

from mitstadt.audit import triggers


def create(apps, schema_editor):
    for statement in triggers.SQLITE if schema_editor.connection.vendor == "sqlite" else triggers.POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    for statement in triggers.SQLITE_DROP if vendor == "sqlite" else triggers.POSTGRESQL_DROP:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
