"""A stock TUF library writes a repository: four roles, a threshold of two, a second root, and one target.

Its keys are made from fixed seeds by the pure Python Ed25519 that the library brings for verification, so nothing else is needed.
The folder gets `metadata/` and `targets/` as a consistent snapshot; `metadata/1.root.json` is the root to begin with.
"""

import hashlib
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from securesystemslib._vendor.ed25519 import ed25519
from securesystemslib.signer import Signature, Signer, SSlibKey
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer


class SeedSigner(Signer):
    """An Ed25519 key whose seed is the digest of a word."""

    def __init__(self, word: str) -> None:
        self.seed = hashlib.sha256(word.encode()).digest()
        self.public = ed25519.publickey_unsafe(self.seed)
        keyval = {"public": self.public.hex()}
        keyid = hashlib.sha256(word.encode()).hexdigest()
        self._key = SSlibKey(keyid, "ed25519", "ed25519", keyval)

    @property
    def public_key(self) -> SSlibKey:
        return self._key

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri, public_key, secrets_handler=None):
        raise NotImplementedError

    def sign(self, payload: bytes) -> Signature:
        return Signature(self._key.keyid, ed25519.signature_unsafe(payload, self.seed, self.public).hex())


def main() -> None:
    folder = Path(sys.argv[1])
    for part in ("metadata", "targets"):
        (folder / part).mkdir(parents=True)
    expires = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=30)
    signers = {
        "root": [SeedSigner("root 1"), SeedSigner("root 2")],
        "targets": [SeedSigner("targets 1"), SeedSigner("targets 2")],
        "snapshot": [SeedSigner("snapshot")],
        "timestamp": [SeedSigner("timestamp")],
    }
    root = Root(expires=expires, consistent_snapshot=True)
    for role, keys in signers.items():
        for signer in keys:
            root.add_key(signer.public_key, role)
        root.roles[role].threshold = len(keys)

    content = b"what the target says\n"
    (folder / "targets" / f"{hashlib.sha256(content).hexdigest()}.a.txt").write_bytes(content)
    target = TargetFile.from_data("a.txt", content, ["sha256"])
    target.unrecognized_fields["custom"] = {"title": 'quotes " and \\, letters äß, control \x07', "number": 7}
    targets = Targets(expires=expires, targets={"a.txt": target})

    def write(signed, name: str) -> bytes:
        metadata = Metadata(signed)
        for signer in signers[signed.type]:
            metadata.sign(signer, append=True)
        data = metadata.to_bytes(JSONSerializer(compact=False))
        (folder / "metadata" / name).write_bytes(data)
        return data

    write(root, "1.root.json")
    root.version = 2
    write(root, "2.root.json")
    write(targets, "1.targets.json")
    # Length and digests are optional here, and any algorithm will do there.
    meta = MetaFile(1)
    data = write(Snapshot(expires=expires, meta={"targets.json": meta}), "1.snapshot.json")
    meta = MetaFile(1, len(data), {"sha512": hashlib.sha512(data).hexdigest()})
    write(Timestamp(expires=expires, snapshot_meta=meta), "timestamp.json")


if __name__ == "__main__":
    main()
