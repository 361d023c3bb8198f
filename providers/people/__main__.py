"""``python -m providers.people``: the service `people` by itself, at the port named by ``PORT`` (default 5002)."""

from providers.people.app import create_app
from providers.running import run

run(create_app(), port=5002)
