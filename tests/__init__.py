"""The tests. Modules that several of them share are imported as `from tests.world import ...`."""
