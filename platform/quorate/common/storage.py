"""Static files under hashed names, ES-module imports included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Every `import "./x.js"` in a module is rewritten to the hashed name, so modules may be cached for ever."""

    support_js_module_import_aggregation = True
