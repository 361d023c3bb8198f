"""Serve WSGI applications over HTTP: an event loop under granian for worlds, threads for tests."""
