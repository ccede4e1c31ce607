"""The server's entry point, for gunicorn or any other WSGI server: `marsad.config.wsgi:application`."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "marsad.config.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
