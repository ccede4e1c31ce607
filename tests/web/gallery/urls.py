"""The addresses of the server, and the gallery of components beside them."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from marsad.config.urls import handler400, handler403, handler404, handler429, handler500, urlpatterns
from tests.web.gallery import gallery

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

urlpatterns = [*i18n_patterns(path("components/", gallery, name="components")), *urlpatterns]
