"""The full-text index of this database, its triggers, and the vocabulary's one row."""

from django.db import migrations

from mitstadt.search import schema


def create(apps, editor):
    schema.create(editor.connection)
    apps.get_model("search", "Vocabulary").objects.using(editor.connection.alias).get_or_create(id=1)


def drop(apps, editor):
    schema.drop(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
