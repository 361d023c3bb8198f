"""``python -m providers.world``: the service `world` by itself, at the port named by ``PORT`` (default 5001)."""

from demonstration.running import run
from providers.world.app import create_app

run(create_app(), port=5001)
