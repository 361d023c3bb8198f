"""Running a demonstration service by itself: ``PORT=5001 python -m providers.world``."""

from __future__ import annotations

import os
import sys

from flask import Flask
from werkzeug.serving import make_server

__all__ = ["run"]


def run(app: Flask, *, port: int) -> None:
    """Serve ``app`` on 127.0.0.1 until interrupted; the environment's ``PORT`` comes before ``port``."""
    try:
        wanted = int(os.environ.get("PORT", port))
    except ValueError:
        sys.exit(f"PORT must be a number, not {os.environ['PORT']!r}")
    server = make_server("127.0.0.1", wanted, app, threaded=True)
    sys.stdout.write(f"{app.name} at http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
