"""``python -m beep_mock`` is the command ``beep-mock``."""

from beep_mock.cli.main import main

main()
