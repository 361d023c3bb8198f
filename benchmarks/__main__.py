"""``python -m benchmarks`` (``make bench``): all of them, with their default settings."""

import sys

from benchmarks import recording, startup, throughput

sys.exit(throughput.main() or startup.main() or recording.main())
