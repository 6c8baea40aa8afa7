from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("screening", "0007_match_requests")]

    operations = [
        migrations.RemoveConstraint(model_name="reply", name="reply_answered_whole"),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                name="reply_answered_whole",
                condition=Q(status="open") | (Q(answered_by__isnull=False) & ~Q(answer="")),
            ),
        ),
    ]
