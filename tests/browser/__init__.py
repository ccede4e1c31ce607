"""Tests that look at pages in a real browser; one country behind a server serves all of them."""
