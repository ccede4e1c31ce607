"""The server's entry point, for gunicorn or any other WSGI server: `marsad.config.wsgi:application`."""

import os
from importlib import import_module

from marsad.config import SERVER, loading

os.environ["DJANGO_SETTINGS_MODULE"] = SERVER
# All pages are read before the server splits into processes, which then share them; else each reads them at its first request.
with loading():
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)
