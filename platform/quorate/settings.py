"""One settings file, from the environment only. A wrong value stops the start and names itself. docs/settings.md lists all."""

import os
import secrets
import sys
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# In a checkout templates/ and static/ lie at the top; a wheel carries them inside the package.
ASSETS = ROOT if (ROOT / "templates").is_dir() else HERE


def env_text(name: str, default: str = "") -> str:
    """The variable's text, stripped; `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, *, default: bool = False) -> bool:
    """Yes or no. Raises ImproperlyConfigured with the name for anything else."""
    value = env_text(name, "yes" if default else "no").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    message = f"{name} must be yes or no, not {value!r}."
    raise ImproperlyConfigured(message)


def env_int(name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
    """A whole number within bounds. Raises ImproperlyConfigured with the name otherwise."""
    text = env_text(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        message = f"{name} must be a whole number from {least} to {most}, not {text!r}."
        raise ImproperlyConfigured(message)
    return int(text)


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated texts."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def own_secret(data: Path) -> str:
    """The instance's own key, made at the first start and kept in the data folder, readable by its owner alone."""
    path = data / "secret_key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
        except FileExistsError:  # another process of the same first start was faster
            pass
    return path.read_text().strip()


# --- Where things are -------------------------------------------------------------------------------------------------
DATA = Path(env_text("QUORATE_DATA", str(ROOT / "data" if ASSETS == ROOT else Path.cwd() / "data"))).resolve()
DEBUG = env_bool("QUORATE_DEBUG")
DATABASE_URL = env_text("DATABASE_URL")
REDIS_URL = env_text("REDIS_URL")
EMBEDDED = not DATABASE_URL and not REDIS_URL
if bool(DATABASE_URL) != bool(REDIS_URL):
    message = "DATABASE_URL and REDIS_URL go together: set both (server mode) or neither (embedded)."
    raise ImproperlyConfigured(message)

SECRET_KEY = env_text("SECRET_KEY") or own_secret(DATA)
PUBLIC_URL = env_text("QUORATE_URL").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
ALLOWED_HOSTS = env_list("QUORATE_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
BIND = env_text("QUORATE_BIND", "127.0.0.1")
PORT = env_int("QUORATE_PORT", 8000, least=1, most=65535)

# --- Django -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "quorate.common",
    "quorate.accounts",
    "quorate.events",
    "quorate.ledger",
    "tasks_app",
]
MIDDLEWARE = [
    "quorate.common.middleware.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "quorate.common.middleware.CompressedPages",
    "quorate.common.middleware.ContentSecurityPolicy",
    "quorate.common.middleware.CalmErrors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "quorate.urls"
WSGI_APPLICATION = "quorate.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ASSETS / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES: dict[str, Any]
if DATABASE_URL:
    DATABASES = {"default": dict(dj_database_url.parse(DATABASE_URL, conn_max_age=600))}
    # What is sent with PREPARE (quorate.common.prepared) is planned once a connection and never again for its values: for the
    # hand-out planning costs more than running. Compiling a query, which PostgreSQL does by a guess at its cost, never pays here.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", "-c plan_cache_mode=force_generic_plan -c jit=off"
    )
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "db.sqlite3",
            "OPTIONS": {
                # IMMEDIATE takes the write lock at BEGIN: a reader that turns writer can no longer meet SQLITE_BUSY at once.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

CACHES = {
    "default": (
        {
            "BACKEND": "quorate.common.cache.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "quorate",
            # A hung Redis must not hang a page: two seconds, then an error that callers treat as a miss.
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- Security ---------------------------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# How many proxies stand in front. Nobody's X-Forwarded-… is believed unless this says so: anybody can send such a header.
PROXY_HOPS = env_int("QUORATE_PROXY_HOPS", 0, most=10)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_HOPS else None
# Browsers keep these promises for as long as they were given, and for names that are not ours: each is asked for.
SECURE_HSTS_SECONDS = env_int("QUORATE_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("QUORATE_HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env_bool("QUORATE_HSTS_PRELOAD")
if SECURE_HSTS_PRELOAD and not (SECURE_HSTS_INCLUDE_SUBDOMAINS and SECURE_HSTS_SECONDS >= 31_536_000):
    message = "QUORATE_HSTS_PRELOAD needs QUORATE_HSTS_SUBDOMAINS=yes and a year of QUORATE_HSTS_SECONDS."
    raise ImproperlyConfigured(message)
# Both are the owner's decision about other host names, so leaving them out is nothing to warn of.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SIGNUP_OPEN = env_bool("QUORATE_SIGNUP_OPEN")

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [ASSETS / "static"]
# Ours alone: nothing that a library brings for pages of its own is shown.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATIC_ROOT = Path(env_text("QUORATE_STATIC", str(DATA / "static")))
MEDIA_ROOT = DATA / "media"
S3_BUCKET = env_text("QUORATE_S3_BUCKET")
TESTING = "pytest" in sys.modules
STORAGES = {
    "default": (
        {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": env_text("QUORATE_S3_ENDPOINT") or None,
                "default_acl": None,
            },
        }
        if S3_BUCKET
        else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    ),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "quorate.common.storage.HashedStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MAX_UPLOAD_BYTES = env_int("QUORATE_MAX_UPLOAD_MB", 1024, least=1) * 1024 * 1024

# --- Celery -----------------------------------------------------------------------------------------------------------
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        # A doorbell nobody answered is rung again after this; the dirty rows would ring it anyway.
        "visibility_timeout": 600,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "global_keyprefix": "quorate:",
    }
else:
    BROKER = DATA / "broker"
    CELERY_BROKER_URL = "filesystem://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER / "queue"),
        "data_folder_out": str(BROKER / "queue"),
        "control_folder": str(BROKER / "control"),
        "polling_interval": 0.1,
    }

# --- API --------------------------------------------------------------------------------------------------------------
API_RATE_PER_MINUTE = env_int("QUORATE_API_RATE", 6000, least=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["quorate.api.ApiKeyAuthentication", "quorate.api.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["quorate.api.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "quorate.api.Negotiation",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "quorate.api.CursorPages",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "quorate.api.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": ["quorate.api.CallerThrottle"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Quorate",
    "DESCRIPTION": "Projects, pools, tasks, assignments, results. Authenticate with an API key: `Authorization: Bearer …`.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["tasks_app.api.schema.only_the_api"],
    "ENUM_NAME_OVERRIDES": {
        "KindOfTask": "tasks_app.api.serializers.KINDS",
        "TaskKind": "tasks_app.enums.TaskKind",
        "KnownKind": "tasks_app.api.quality_shapes.KNOWN_KINDS",
        "PoolState": "tasks_app.enums.PoolState",
        "ResultState": "tasks_app.enums.ResultState",
        "AssignmentState": "tasks_app.enums.AssignmentState",
        "ExportState": "tasks_app.enums.ExportState",
        "PageTaskState": ["open", "skipped"],
    },
}

# --- The crowd --------------------------------------------------------------------------------------------------------
CURRENCY = env_text("QUORATE_CURRENCY", "USD")
# Decoding an image takes some 4 bytes a pixel; above this the file is refused before it is decoded.
MAX_IMAGE_PIXELS = env_int("QUORATE_MAX_MEGAPIXELS", 40, least=1, most=400) * 1_000_000
# A sound or film is stored as it was sent; this is the largest that is taken.
MAX_RECORDING_BYTES = env_int("QUORATE_MAX_RECORDING_MB", 512, least=1) * 1024 * 1024
# What one worker may hold unfinished in one pool: the page in work and those prefetched.
MAX_ACTIVE_ASSIGNMENTS = env_int("QUORATE_MAX_ACTIVE", 5, least=1, most=100)
# The relay rings at most this often for one subject, in milliseconds: news in between is one job.
RELAY_DEBOUNCE_MS = env_int("QUORATE_RELAY_DEBOUNCE_MS", 500, least=10, most=60_000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_text("QUORATE_LOG_LEVEL", "INFO").upper()},
    "loggers": {"django.request": {"level": "ERROR"}},
}
