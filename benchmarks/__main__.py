"""``python -m benchmarks`` (``make bench``): throughput, then start-up and memory, with their default settings."""

import sys

from benchmarks import startup, throughput

sys.exit(throughput.main() or startup.main())
