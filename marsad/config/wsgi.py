"""The server's entry point, for gunicorn or any other WSGI server: `marsad.config.wsgi:application`."""

import os
from importlib import import_module

os.environ["DJANGO_SETTINGS_MODULE"] = "marsad.config.settings"

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
# All pages are read before the server splits into processes, which then share them; else each reads them at its first request.
import_module(settings.ROOT_URLCONF)
