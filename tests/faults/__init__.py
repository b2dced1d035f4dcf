"""What goes wrong in the real world, done on purpose: each fault is a script, a short form in the tests, a long one in `make soak`."""

import os
import tempfile

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # where the package of PostgreSQL keeps its locks
