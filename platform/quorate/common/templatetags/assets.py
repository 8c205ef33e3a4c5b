"""`{% load assets %}`: our ES modules in a page."""

from django import template
from django.conf import STATICFILES_STORAGE_ALIAS
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quorate.common.storage import HashedStaticFilesStorage

register = template.Library()


@register.simple_tag
def module(name: str, *later: str) -> SafeString:
    """The module `name`, a path under static/, with a hint for each file it and `later` import, so that all are asked for at once.

    `later`: modules that `name` will load by `import()`.
    """
    hinted = dict.fromkeys(later)
    for root in (name, *later):
        hinted |= dict.fromkeys(imported_by(root))
    hints = format_html_join(
        "\n", '<link rel="modulepreload" href="{}">', ((staticfiles_storage.url(file),) for file in hinted)
    )
    return format_html('{}<script src="{}" type="module"></script>', hints, staticfiles_storage.url(name))


def imported_by(name: str) -> list[str]:
    """The files a joined module imports; in development, where none is joined, none is hinted at."""
    storage = storages[STATICFILES_STORAGE_ALIAS]
    return storage.needs(name) if isinstance(storage, HashedStaticFilesStorage) else []
