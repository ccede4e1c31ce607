"""Toy jobs in steps, each a transaction of its own, for the tests of the worker. Run: python -m tests.config.toy [--once]."""

import asyncio
import os
import sys
import time

PULSE = (0.2, 1.0)


def make_tables() -> None:
    """Make the table of steps done; nothing forbids a step twice, so that a test can see one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS toy_step (run text, step int, process int, at timestamptz DEFAULT clock_timestamp())"
        )


def done(run: str) -> list[tuple[int, int]]:
    """Return the steps done and by which process, in the order in which they were."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT step, process FROM toy_step WHERE run = %s ORDER BY at", [run])
        return cursor.fetchall()


def register() -> None:
    """Add the toy jobs to the app."""
    from django.db import connection, transaction
    from procrastinate.contrib.django import app

    @app.task(name="toy.steps", pass_context=True)
    def steps(context, run: str, count: int, pause: float) -> None:
        """Do what is not done yet, a transaction a step; stop where somebody cancels."""
        for step in range(len(done(run)), count):
            if context.should_abort():
                from procrastinate.exceptions import JobAborted

                raise JobAborted
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO toy_step (run, step, process) VALUES (%s, %s, %s)", [run, step, os.getpid()])
                time.sleep(pause)

    @app.task(name="toy.deadly")
    def deadly() -> None:
        """Bring the whole worker down."""
        os._exit(9)


def main() -> None:
    """Work off jobs, toys among them, with a quick pulse."""
    from marsad.config import SERVER, ready
    from marsad.config.worker import Pulse, work

    ready(SERVER)
    register()
    print("up", flush=True)
    asyncio.run(work(Pulse(*PULSE), wait="--once" not in sys.argv))


if __name__ == "__main__":
    main()
