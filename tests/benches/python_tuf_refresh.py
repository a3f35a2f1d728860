"""The least that a program with python-tuf's client does: one refresh, as `interdict tuf … refresh` does it, and, where it is
asked for, one target.

Arguments: the folder of trusted metadata, the root to begin with, the address of the repository's metadata; then, for a target,
the address of the targets and its path.
"""

import sys
from pathlib import Path

from tuf.ngclient import Updater

folder, root, url, *wanted = sys.argv[1:]
downloaded = Path(folder, "downloaded")
downloaded.mkdir(parents=True, exist_ok=True)
targets = {"target_dir": str(downloaded), "target_base_url": wanted[0]} if wanted else {}
updater = Updater(metadata_dir=folder, metadata_base_url=url, bootstrap=Path(root).read_bytes(), **targets)
updater.refresh()
for path in wanted[1:]:
    updater.download_target(updater.get_targetinfo(path))
