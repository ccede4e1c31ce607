"""The settings of the server: one file, from the environment, on top of what pages need."""

from marsad.config import pages
from marsad.config.database import django_database
from marsad.config.environment import django_mail, read
from marsad.config.pages import LANGUAGE_CODE, LANGUAGES, LOCALE_PATHS, PACKAGE, USE_I18N, USE_TZ, refuse_uncompiled

__all__ = ["LANGUAGES", "LANGUAGE_CODE", "LOCALE_PATHS", "PACKAGE", "USE_I18N", "USE_TZ", "refuse_uncompiled"]

MARSAD = read()
"""What the environment says; `from django.conf import settings; settings.MARSAD.lake`."""

SECRET_KEY = MARSAD.secret_key
ALLOWED_HOSTS = list(MARSAD.hosts)
DATABASES = {"default": django_database(MARSAD)}
# Shared by all processes, since limits on guesses that each counts by itself are no limits; the API counts in its own table.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = MARSAD.time_zone
ROOT_URLCONF = "marsad.config.urls"
WSGI_APPLICATION = "marsad.config.wsgi.application"
STATIC_URL = "/static/"
# Built files lie compressed beside themselves under names that say what is in them: a browser never asks for one twice.
WHITENOISE_USE_FINDERS, WHITENOISE_AUTOREFRESH = True, False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/web/.+-[\w-]{8}\.\w+$"

# Our apps, lowest first.
OURS = [
    "marsad.web",
    "marsad.accounts",
    "marsad.catalogue",
    "marsad.ratings",
    "marsad.public",
    "marsad.workspace",
    "marsad.reports",
    "marsad.api",
]
HAS_ACCOUNTS = "marsad.accounts" in OURS

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "procrastinate.contrib.django",
    "ninja",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    *OURS,
    "marsad.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "marsad.web.middleware.Numerals",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": pages.TEMPLATES[0]["BACKEND"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", LOADERS)],
            "builtins": ["marsad.web.texts", "marsad.web.shell", "django.templatetags.i18n", "django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "marsad.web.forms.Drawn"
CSRF_FAILURE_VIEW = "marsad.web.errors.form_expired"
LANGUAGE_COOKIE_NAME = "marsad_language"
FORMAT_MODULE_PATH = "marsad.web.formats"

# Sign-in: by address and password, by invitation alone; allauth does it, axes locks out, our hooks keep the audit.
if HAS_ACCOUNTS:
    AUTH_USER_MODEL = "accounts.Person"
    INSTALLED_APPS += ["allauth", "allauth.account", "allauth.mfa", "axes"]
    MIDDLEWARE += [
        "allauth.account.middleware.AccountMiddleware",
        "marsad.accounts.signin.RequireSecondFactor",
        "axes.middleware.AxesMiddleware",
    ]
    AUTHENTICATION_BACKENDS = [
        "axes.backends.AxesStandaloneBackend",
        "allauth.account.auth_backends.AuthenticationBackend",
    ]
    LOGIN_URL = "account_login"
    LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "workspace", "/"
    ACCOUNT_ADAPTER = "marsad.accounts.signin.SignIn"
    ACCOUNT_LOGIN_METHODS = {"email"}
    ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
    ACCOUNT_USER_MODEL_USERNAME_FIELD = None
    ACCOUNT_EMAIL_VERIFICATION = "none"  # people come by invitation, which reached them by mail
    ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to strangers
    ACCOUNT_SESSION_REMEMBER = False
    ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds for which a password given counts as proof of who somebody is
    ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "signup": "20/m/ip", "verify": "10/m/ip"}
    ALLAUTH_TRUSTED_PROXY_COUNT = MARSAD.proxies
    MFA_ADAPTER = "marsad.accounts.signin.SecondFactor"
    MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
    MFA_TOTP_ISSUER = "Marsad"
    MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
    MFA_ALLOW_UNVERIFIED_EMAIL = True  # the address is where the invitation went, and nobody changes it
    AXES_FAILURE_LIMIT = 5
    AXES_COOLOFF_TIME = 0.25  # hours
    # By person and place together, so that strangers lock nobody out of their office; allauth limits guesses from many places.
    AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
    AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
    AXES_RESET_ON_SUCCESS = True
    AXES_DISABLE_ACCESS_LOG = True  # the audit has every sign-in
    AXES_USERNAME_FORM_FIELD = "email"
    AXES_USERNAME_CALLABLE = "marsad.accounts.signin.address_tried"
    AXES_LOCKOUT_CALLABLE = "marsad.web.errors.too_many"
    AXES_CLIENT_IP_CALLABLE = "marsad.accounts.signin.client_address"
    AXES_SENSITIVE_PARAMETERS = ["username", "login", "email", "ip_address"]
    AXES_VERBOSE = False

globals().update(django_mail(MARSAD.mail))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MARSAD.mail_from

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "marsad.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Jobs: every app may have a jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# A page may load nothing from another host, run nothing written into it, and be framed by nobody.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not MARSAD.is_local
CSRF_TRUSTED_ORIGINS = [f"https://{'*' if host.startswith('.') else ''}{host}" for host in MARSAD.hosts]
SECURE_HSTS_SECONDS = 0 if MARSAD.is_local else 31_536_000
# The proxy that speaks HTTPS says so; the server itself listens on this machine alone.
SECURE_PROXY_SSL_HEADER = None if MARSAD.is_local else ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
