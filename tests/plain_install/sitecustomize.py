"""Put on PYTHONPATH, the command line runs as after a plain `pip install .`: without the test extra's frames."""

import sys

sys.modules.update(dict.fromkeys(("pandas", "polars", "pyarrow")))
