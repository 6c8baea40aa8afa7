#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it works on the data of `make run`."""

import os
import sys

from django.core.management import execute_from_command_line

from portal.one_machine import CannotStart, ensure_database

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        ensure_database(sys.argv)
    except CannotStart as reason:
        sys.exit(str(reason))
    execute_from_command_line(sys.argv)
