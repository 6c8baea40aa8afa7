"""What Gunicorn and Celery do when they fork: Gunicorn reads this module as its configuration, and each
Celery worker includes it.
"""

import os
from importlib import import_module

import django
from celery.signals import worker_process_init
from django.conf import settings

from portal.one_machine.tether import die_with_parent

_worker = os.getpid()


def on_starting(server) -> None:
    """Gunicorn, before its first fork: import the portal once for all web workers. Opens no connection."""
    django.setup()
    import_module(settings.ROOT_URLCONF)


def post_fork(server, worker) -> None:
    """Gunicorn, in each new web worker."""
    die_with_parent(worker.ppid)


@worker_process_init.connect
def tie_pool_process(**kwargs) -> None:
    """Celery, in each new pool process. The worker included this module before it forked."""
    die_with_parent(_worker)
