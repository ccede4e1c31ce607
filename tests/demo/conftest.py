"""A nation that is made once for all tests of it, in a lake of its own."""

import pytest


@pytest.fixture(scope="session")
def nation():
    """A nation large enough for its intervals to be judged."""
    from marsad.demo.nation import make_nation
    from marsad.demo.plan import Size

    return make_nation(Size(channels=140, responses=240_000, seed=5))


@pytest.fixture(scope="session")
def filled(nation, tmp_path_factory):
    """The lake of the nation, and its imports by cycle."""
    from marsad.demo.nation import fill_lake
    from marsad.lake.store import Lake

    lake = Lake(tmp_path_factory.mktemp("nation") / "lake")
    return lake, fill_lake(lake, nation)
