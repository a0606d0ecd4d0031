from django.db import migrations, models

MOST = 20
COULD = "contributions comments support"  # what every token could do before there were scopes


def number(apps, schema_editor):
    """Give each person's tokens the places 1 to 20, the newest first. More than 20 there are only where two were made at
    the same moment; the oldest of those end."""
    tokens = apps.get_model("accounts", "AccessToken").objects
    last, slot = None, 0
    for pk, user in list(tokens.order_by("user_id", "-created_at", "-pk").values_list("pk", "user_id")):
        slot = slot + 1 if user == last else 1
        last = user
        if slot > MOST:
            tokens.filter(pk=pk).delete()
        else:
            tokens.filter(pk=pk).update(slot=slot)


class Migration(migrations.Migration):
    # The constraints come in a migration of their own: PostgreSQL alters no table whose rows just changed.
    dependencies = [("accounts", "0002_access_tokens")]

    operations = [
        migrations.AddField("accesstoken", "scopes", models.CharField(default=COULD, max_length=120), preserve_default=False),
        migrations.AddField("accesstoken", "slot", models.PositiveSmallIntegerField(null=True)),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
