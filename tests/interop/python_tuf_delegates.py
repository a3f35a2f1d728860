"""A stock TUF library writes a repository with keys of every kind, roles two deep, hash bins, and a root that changes a key.

The keys are made and used by the `openssl` program, so the library needs nothing beside itself. The folder gets `metadata/` and
`targets/` as a consistent snapshot; `metadata/1.root.json` is the root to begin with. Each target says its own path.
"""

import hashlib
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from securesystemslib.signer import Signature, Signer, SSlibKey
from tuf.api.metadata import DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

ECDSA = ("ecdsa", "ecdsa-sha2-nistp256", ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], [])
PKCS1 = ("rsa", "rsa-pkcs1v15-sha256", ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"], [])
PSS = (
    "rsa",
    "rsassa-pss-sha256",
    ["RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
    ["rsa_padding_mode:pss", "rsa_pss_saltlen:32", "rsa_mgf1_md:sha256"],
)


def openssl(*arguments: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


class OpensslSigner(Signer):
    """A key that the openssl program made."""

    def __init__(self, kind, private: Path) -> None:
        keytype, scheme, algorithm, options = kind
        openssl("genpkey", "-algorithm", *algorithm, "-out", str(private))
        public = openssl("pkey", "-in", str(private), "-pubout").decode()
        keyid = hashlib.sha256(public.encode()).hexdigest()
        self._key = SSlibKey(keyid, keytype, scheme, {"public": public})
        self.arguments = ["dgst", "-sha256", "-sign", str(private)]
        for option in options:
            self.arguments += ["-sigopt", option]

    @property
    def public_key(self) -> SSlibKey:
        return self._key

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri, public_key, secrets_handler=None):
        raise NotImplementedError

    def sign(self, payload: bytes) -> Signature:
        return Signature(self._key.keyid, openssl(*self.arguments, data=payload).hex())


def main() -> None:
    folder = Path(sys.argv[1])
    for part in ("metadata", "targets", "keys"):
        (folder / part).mkdir(parents=True)
    expires = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=30)
    made = []

    def signer(kind) -> OpensslSigner:
        made.append(kind)
        return OpensslSigner(kind, folder / "keys" / str(len(made)))

    signers = {
        "root": [signer(ECDSA), signer(PSS), signer(PKCS1)],
        "targets": [signer(PKCS1), signer(ECDSA)],
        "snapshot": [signer(PSS)],
        "timestamp": [signer(ECDSA)],
        "team": [signer(ECDSA)],
        "desk": [signer(PSS), signer(PKCS1)],
        "bins": [signer(ECDSA)],
    }
    root = Root(expires=expires, consistent_snapshot=True)
    for role in ("root", "targets", "snapshot", "timestamp"):
        for one in signers[role]:
            root.add_key(one.public_key, role)
        root.roles[role].threshold = len(signers[role])

    def write(signed, by, name: str) -> None:
        metadata = Metadata(signed)
        for one in by:
            metadata.sign(one, append=True)
        (folder / "metadata" / name).write_bytes(metadata.to_bytes(JSONSerializer(compact=False)))

    def target(role: Targets, path: str) -> None:
        content = path.encode()
        role.targets[path] = TargetFile.from_data(path, content, ["sha256", "sha512"])
        place = folder / "targets" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.with_name(f"{hashlib.sha256(content).hexdigest()}.{place.name}").write_bytes(content)

    def delegate(role: Targets, name: str, by, paths, prefixes=None) -> None:
        if role.delegations is None:
            role.delegations = Delegations({}, roles={})
        role.delegations.roles[name] = DelegatedRole(name, [], len(by), False, paths, prefixes)
        for one in by:
            role.add_key(one.public_key, name)

    roles = {name: Targets(expires=expires) for name in ("targets", "team", "desk", "bins")}
    delegate(roles["targets"], "team", signers["team"], ["team/*", "team/*/*"])
    delegate(roles["team"], "desk", signers["desk"], ["team/desk/*"])
    delegate(roles["targets"], "bins", signers["bins"], ["*"])
    for prefix in "0123456789abcdef":
        name = f"bin-{prefix}"
        roles[name] = Targets(expires=expires)
        signers[name] = signers["bins"]
        delegate(roles["bins"], name, signers["bins"], None, [prefix])
    target(roles["targets"], "top.txt")
    target(roles["team"], "team/a.txt")
    target(roles["desk"], "team/desk/b.txt")
    # Not the desk's to list.
    target(roles["desk"], "team/c.txt")
    for number in range(8):
        path = f"binned-{number}.txt"
        target(roles["bin-" + hashlib.sha256(path.encode()).hexdigest()[0]], path)

    for name, role in roles.items():
        write(role, signers[name], f"1.{name}.json")
    write(Snapshot(expires=expires, meta={f"{name}.json": MetaFile(1) for name in roles}), signers["snapshot"], "1.snapshot.json")
    write(Timestamp(expires=expires, snapshot_meta=MetaFile(1)), signers["timestamp"], "timestamp.json")
    write(root, signers["root"], "1.root.json")
    old, new = signers["root"][0], signer(ECDSA)
    root.version = 2
    root.revoke_key(old.public_key.keyid, "root")
    root.add_key(new.public_key, "root")
    write(root, [old, new, *signers["root"][1:]], "2.root.json")


if __name__ == "__main__":
    main()
