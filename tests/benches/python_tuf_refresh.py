"""The least that a program with python-tuf's client does: one refresh, as `interdict tuf … refresh` does it.

Arguments: the folder of trusted metadata, the root to begin with, the address of the repository's metadata.
"""

import sys
from pathlib import Path

from tuf.ngclient import Updater

folder, root, url = sys.argv[1:]
Path(folder).mkdir(parents=True, exist_ok=True)
Updater(metadata_dir=folder, metadata_base_url=url, bootstrap=Path(root).read_bytes()).refresh()
