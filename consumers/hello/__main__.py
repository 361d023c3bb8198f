"""``python -m consumers.hello``: the service `hello` by itself, at the port named by ``PORT`` (default 5003)."""

from consumers.hello.app import create_app
from demonstration.running import run

run(create_app(), port=5003)
