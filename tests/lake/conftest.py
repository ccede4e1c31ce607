"""A Spark Connect server for the tests of the lake, started in this process on a free port and only when a test asks for it."""

import os

import pytest

from marsad.lake.engines import DuckDB, Spark


@pytest.fixture(scope="session")
def spark():
    os.environ.setdefault("RUST_LOG", "error")
    from pysail.spark import SparkConnectServer

    server = SparkConnectServer()
    server.start(background=True)
    host, port = server.listening_address
    engine = Spark(f"sc://{host}:{port}")
    yield engine
    engine.session.stop()
    server.stop()


@pytest.fixture
def duckdb():
    return DuckDB(memory="512MB", threads=2)
