"""The `quorate` command, also `python -m quorate` and `manage.py`."""

import importlib
import os
import sys

from django.core.exceptions import ImproperlyConfigured


def main() -> None:
    """Runs a management command. Wrong settings or a data folder that cannot be written end it with one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quorate.settings")
    try:
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    except ImproperlyConfigured as error:
        sys.exit(f"quorate: {error}")
    except OSError as error:
        sys.exit(
            f"quorate: cannot write {error.filename or 'the data folder'}: {error.strerror}. "
            "Set QUORATE_DATA to a folder that can be written."
        )
    # Makes ours the current Celery application: the relay, which lies below it, rings through that.
    importlib.import_module("quorate.celery")

    from django.core.management import execute_from_command_line

    execute_from_command_line(["quorate", *sys.argv[1:]])


if __name__ == "__main__":
    main()
