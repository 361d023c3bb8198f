"""``python -m providers.people``: the service `people` by itself, at the port named by ``PORT`` (default 5002)."""

from demonstration.running import run
from providers.people.app import create_app

run(create_app(), port=5002)
