import os

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.imports = ["portal.jobs"]


@worker_init.connect
def warm_name_tagger(sender, **kwargs) -> None:
    """Build the name tagger (7 s, 375 MB) once, before the pool forks, so that its processes share it."""
    if "screening" in sender.app.amqp.queues.consume_from:
        from screening.names import warm

        warm()
