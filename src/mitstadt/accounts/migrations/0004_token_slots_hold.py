from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_token_slots_and_scopes")]

    operations = [
        migrations.AlterField("accesstoken", "slot", models.PositiveSmallIntegerField()),
        migrations.AddConstraint(
            "accesstoken", models.UniqueConstraint(fields=("user", "slot"), name="accounts_token_slot_once")
        ),
        migrations.AddConstraint(
            "accesstoken",
            models.CheckConstraint(
                condition=models.Q(("slot__gte", 1), ("slot__lte", 20)), name="accounts_token_slot_in_limit"
            ),
        ),
    ]
