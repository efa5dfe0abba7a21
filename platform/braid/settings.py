"""Django's settings; every one that a deployment changes comes from the environment (docs/deploy.md)."""

from pathlib import Path
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

import braid.celery  # noqa: F401 - makes it the process's Celery application
from braid import broker
from braid.environment import ROOT, flag, number, text, words
from braid.mail import mail_from

VAR = Path(text("BRAID_VAR", str(ROOT / "var")))
DEBUG = flag("BRAID_DEBUG", False)
SECRET_KEY = text("BRAID_SECRET_KEY", "")
ENCRYPTION_KEYS = words("BRAID_ENCRYPTION_KEYS")
EGRESS_ALLOW = words("BRAID_EGRESS_ALLOW")
FORGE_CONVERSATIONS = number("BRAID_FORGE_CONVERSATIONS", 4)
FORGE_STRANGERS = number("BRAID_FORGE_STRANGERS", 20)
BASE_URL = text("BRAID_BASE_URL", "http://localhost:8000").rstrip("/")
IS_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = [
    *words("BRAID_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"),
    urlsplit(BASE_URL).hostname or "",
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "apps.accounts",
    "apps.teams",
    "apps.projects",
    "apps.notices",
    "apps.repositories",
    "apps.checks",
    "apps.merges",
    "apps.proposals",
    "apps.forges",
    "apps.githost",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "braid.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "braid.urls"
ASGI_APPLICATION = "braid.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASE_URL = text("DATABASE_URL", "postgresql://braid@/braid?host=/tmp")
_database = {name: str(value) for name, value in conninfo_to_dict(DATABASE_URL).items() if value is not None}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.get("dbname", "braid"),
        "USER": _database.get("user", ""),
        "PASSWORD": _database.get("password", ""),
        "HOST": _database.get("host", ""),
        "PORT": _database.get("port", ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            name: value
            for name, value in _database.items()
            if name not in ("dbname", "user", "password", "host", "port")
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

_mail = mail_from(text("BRAID_EMAIL_URL", "console:"))
EMAIL_BACKEND = _mail.backend
EMAIL_HOST, EMAIL_PORT = _mail.host, _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.tls, _mail.ssl
EMAIL_FILE_PATH = _mail.folder
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("BRAID_EMAIL_FROM", f"Braid <braid@{urlsplit(BASE_URL).hostname}>")

OPEN_SIGNUP = flag("BRAID_OPEN_SIGNUP", True)
ACCOUNT_ADAPTER = "apps.teams.signup.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "apps.accounts.forms.SignupForm"
# An address can only be asked to be proved where mail is delivered.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if flag("BRAID_VERIFY_EMAIL", _mail.is_delivered) else "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_HTTPS else "http"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-braid" if IS_HTTPS else "braid_session"
CSRF_COOKIE_NAME = "__Host-braid_csrf" if IS_HTTPS else "braid_csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = flag("BRAID_HTTPS_REDIRECT", IS_HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = number("BRAID_HSTS_SECONDS", 31536000 if IS_HTTPS else 0)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Whether sibling domains speak https too, and may be preloaded, is for their owner to say, not for Braid.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

CACHE_URL = text("BRAID_CACHE_URL", "")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
    }
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "braid_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.authentication.BearerAuthentication",
        "apps.accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.accounts.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "braid.api.pages.Pages",
    "DEFAULT_SCHEMA_CLASS": "braid.api.schema.Described",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": f"{number('BRAID_API_RATE', 600)}/min"},
    "EXCEPTION_HANDLER": "braid.api.problems.answer",
    # The server itself believes the proxies named in BRAID_TRUSTED_PROXIES, and tells the visitor's real address.
    "NUM_PROXIES": 0,
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Braid",
    "DESCRIPTION": "Teams, projects, branches and what they do to the database.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {"RoleEnum": "apps.teams.serializers.ROLES"},
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "frontend" / "static"]
# Served from where they lie: nothing to collect, so nothing can be forgotten after an upgrade.
WHITENOISE_USE_FINDERS = True

# Empty: what this machine's sandboxes have.
POSTGRES_VERSIONS = words("BRAID_POSTGRES_VERSIONS")
REPOSITORIES = Path(text("BRAID_REPOSITORIES", str(VAR / "repositories")))
MAX_PUSH_MB = number("BRAID_MAX_PUSH_MB", 512)
PROJECT_QUOTA_MB = number("BRAID_PROJECT_QUOTA_MB", 4096)
GIT_PROCESSES = number("BRAID_GIT_PROCESSES", 64)
GIT_PROCESSES_PER_PERSON = number("BRAID_GIT_PROCESSES_PER_PERSON", 16)
GIT_PATIENCE_S = number("BRAID_GIT_PATIENCE_S", 30)
GIT_STALL_S = number("BRAID_GIT_STALL_S", 120)
GIT_TIMEOUT_S = number("BRAID_GIT_TIMEOUT_S", 3600)
VERDICT_WAIT_MS = number("BRAID_VERDICT_WAIT_MS", 2000)

# How long the statements of one check may take in all.
CHECK_DEADLINE_S = number("BRAID_CHECK_DEADLINE_S", 600)
CELERY_BROKER_URL = text("BROKER_URL", f"{broker.PGMQ}localhost")
CELERY_BROKER_TRANSPORT = broker.transport_class(CELERY_BROKER_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL, _database)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "braid"
# A broker that is away must not hold up who pushes: the row is the truth, and the sweep enqueues it later.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = broker.JOB_LIMIT_S
CELERY_TASK_SOFT_TIME_LIMIT = broker.JOB_LIMIT_S - 30
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Over pgmq the remote control does not work (docs/decisions/queue.md), and its queue would be polled for nothing.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = not CELERY_BROKER_URL.startswith(broker.PGMQ)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "run" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "deliver": {"task": "worker.deliver", "schedule": 15.0, "options": {"expires": 30}},
    "sweep": {"task": "worker.sweep", "schedule": 10.0, "options": {"expires": 30}},
    "reconcile": {"task": "worker.reconcile", "schedule": 120.0, "options": {"expires": 110}},
    "maintain": {"task": "worker.maintain", "schedule": 86_400.0, "options": {"expires": 3600}},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": text("BRAID_LOG_LEVEL", "INFO")},
    # Two lines for each task, a sweep every ten seconds: the tasks themselves say what is worth keeping.
    "loggers": {name: {"level": "WARNING"} for name in ("celery.worker.strategy", "celery.app.trace")},
}
