"""Static files as they are served: joined, minified, under hashed names, compressed ahead."""

import importlib
import json
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from quorate.common.joining import join_modules, join_sheets

NEEDS_NAME = "modules.json"
SCRIPTS = "js/"
SHEETS = "css/"
MEDIA_TYPES = {SCRIPTS: "application/javascript", SHEETS: "text/css"}

Paths = dict[str, tuple[Storage, str]]


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Our modules and sheets are joined first; then every file gets its hash, imports included, and its compressed twins.

    A joined file replaces its root's copy in the root folder; the parts lie there as they are, for reading, and have no
    entry in the manifest: a template that names one fails.
    """

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._needs: dict[str, list[str]] | None = None

    def post_process(self, paths: Paths, *, dry_run: bool = False) -> Iterator[tuple[str, str | None, Any]]:
        """Called by collectstatic with every file it found. Raises JoinError."""
        yield from super().post_process(paths if dry_run else self._joined(paths), dry_run=dry_run)

    def needs(self, name: str) -> list[str]:
        """The files the joined module `name` imports, to be asked for along with it."""
        if self._needs is None:
            with self.open(NEEDS_NAME) as file:
                self._needs = json.load(file)
        return self._needs.get(name, [])

    def _joined(self, paths: Paths) -> Paths:
        # Here and not above: it brings the Go runtime along, which has no business in a server that forks.
        minify = importlib.import_module("minify")
        modules = join_modules(sources(paths, SCRIPTS, ".js"), top=SCRIPTS)
        sheets = join_sheets(sources(paths, SHEETS, ".css"))
        self._write(NEEDS_NAME, json.dumps(modules.needs))
        found = {name: place for name, place in paths.items() if not name.startswith((SCRIPTS, SHEETS))}
        for folder, files in ((SCRIPTS, modules.files), (SHEETS, sheets)):
            for name, text in files.items():
                self._write(name, minify.string(MEDIA_TYPES[folder], text))
                found[name] = (self, name)
        return found

    def _write(self, name: str, text: str) -> None:
        self.delete(name)
        self.save(name, ContentFile(text.encode()))


def sources(paths: Paths, folder: str, suffix: str) -> dict[str, str]:
    """Name → text of the files in the folder as they were written, not as an earlier run left them."""
    found = {}
    for name, (storage, path) in sorted(paths.items()):
        if name.startswith(folder) and name.endswith(suffix):
            with storage.open(path) as file:
                found[name] = file.read().decode()
    return found
