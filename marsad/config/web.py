"""The process that answers requests: gunicorn with threads, on a socket that is open already. Started by `marsad serve`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

WORKERS, THREADS, TIMEOUT_SECONDS = 2, 4, 60


class Web(BaseApplication):
    """Gunicorn, told by us and by no file or variable of its own."""

    def __init__(self, listen: int) -> None:
        self.listen = listen
        super().__init__()

    def load_config(self) -> None:
        """Say how to serve."""
        chosen = {
            "bind": [f"fd://{self.listen}"],
            "worker_class": "gthread",
            "workers": WORKERS,
            "threads": THREADS,
            "timeout": TIMEOUT_SECONDS,
            "graceful_timeout": 8,
            "preload_app": True,
            "control_socket_disable": True,
            "loglevel": "warning",
            "errorlog": "-",
            "proc_name": "marsad",
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Return the application."""
        from marsad.config.wsgi import application

        return application


def main() -> None:
    """Serve until stopped."""
    from marsad.config.lifeline import arguments, hold

    given = arguments()
    hold(given.lifeline)
    Web(given.listen).run()


if __name__ == "__main__":
    main()
