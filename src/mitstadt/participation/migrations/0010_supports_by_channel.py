from django.db import migrations
from django.db.models import Count, OuterRef, Subquery


def count(apps, schema_editor):
    """The counters by channel begin with what was entered so far."""
    Contribution = apps.get_model("participation", "Contribution")
    Support = apps.get_model("participation", "Support")
    for channel in ("paper", "phone", "event"):
        rows = Support.objects.filter(channel=channel)
        counted = rows.filter(contribution=OuterRef("pk")).values("contribution").annotate(n=Count("pk")).values("n")
        Contribution.objects.filter(pk__in=rows.values("contribution")).update(
            **{f"{channel}_supports": Subquery(counted)}
        )


class Migration(migrations.Migration):
    dependencies = [("participation", "0009_signatures")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
