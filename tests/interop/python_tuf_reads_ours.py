"""A stock TUF client, given nothing but our first root, downloads every target from our server.

It compares each with the file that was published, byte for byte, and counts what it had to ask for; or, with `--refused`,
it has to refuse the repository in these words. Everything that is unexpected ends it with an exception, and so with exit
code 1.
"""

import argparse
import collections
import json
import re
from pathlib import Path

from tuf.api.exceptions import UnsignedMetadataError
from tuf.ngclient import Updater
from tuf.ngclient.urllib3_fetcher import Urllib3Fetcher


class CountingFetcher(Urllib3Fetcher):
    """The stock fetcher, which also writes down what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def fetch(self, url: str):
        self.asked.append(url)
        return super().fetch(url)


def kind(url: str) -> str:
    """The role that a metadata address belongs to, or `target`."""
    if "/targets/" in url:
        return "target"
    name = url.rsplit("/", 1)[-1]
    return re.fullmatch(r"(?:\d+\.)?(root|timestamp|snapshot|targets)\.json", name)[1]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="our server")
    parser.add_argument("--root", type=Path, required=True, help="the root that the client is given")
    parser.add_argument("--cache", type=Path, required=True, help="the client's own folder")
    parser.add_argument("--published", type=Path, help="the folder of the files that were published")
    parser.add_argument("--must-have", help="a target path that must be among them")
    parser.add_argument("--timestamp", type=int, help="the version of the timestamp that must be found")
    parser.add_argument("--requests", help="what must be asked for, in order, if that counts; `target*`: every target once")
    parser.add_argument("--refused", metavar="WORDS", help="what the refusal must say, instead of all that")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    base = args.url.rstrip("/")
    metadata, targets = args.cache / "metadata", args.cache / "targets"
    for folder in (metadata, targets):
        folder.mkdir(parents=True, exist_ok=True)
    fetcher = CountingFetcher()
    client = Updater(
        metadata_dir=str(metadata),
        metadata_base_url=f"{base}/metadata/",
        target_dir=str(targets),
        target_base_url=f"{base}/targets/",
        fetcher=fetcher,
        bootstrap=args.root.read_bytes(),
    )
    if args.refused:
        kept = (metadata / "timestamp.json").read_bytes()
        try:
            client.refresh()
        except UnsignedMetadataError as error:
            assert str(error) == args.refused, f"found {error}, wanted {args.refused}"
        else:
            raise AssertionError("what had to be refused is accepted")
        if not args.refused.startswith("targets"):
            assert (metadata / "timestamp.json").read_bytes() == kept, "what was refused is kept"
        print(f"refused: {args.refused}")
        return
    client.refresh()

    # Published as <sha256>.<target path>; of a path that was published anew there are several.
    published: dict[str, set[str]] = collections.defaultdict(set)
    for file in args.published.iterdir():
        digest, path = file.name.split(".", 1)
        published[path].add(digest)
    assert args.must_have in published, f"{args.must_have} is not published"
    for path, digests in sorted(published.items()):
        target = client.get_targetinfo(path)
        assert target is not None, f"{path} is published and not listed"
        digest = target.hashes["sha256"]
        assert digest in digests, f"{path} is listed with a digest that no published file has"
        ours = (args.published / f"{digest}.{path}").read_bytes()
        cached = client.find_cached_target(target) or client.download_target(target)
        assert Path(cached).read_bytes() == ours, f"{path} differs from the published file"
    assert client.get_targetinfo("BOD-00-00.1.json") is None, "a target that nobody published is listed"

    found = json.loads((metadata / "timestamp.json").read_bytes())["signed"]["version"]
    assert found == args.timestamp, f"found timestamp {found}, wanted {args.timestamp}"
    asked = [kind(url) for url in fetcher.asked]
    if args.requests is not None:
        wanted = [
            word
            for each in args.requests.split()
            for word in (["target"] * len(published) if each == "target*" else [each])
        ]
        assert asked == wanted, f"found requests {asked}, wanted {wanted}"
    print(f"timestamp {found}: {len(published)} targets, the same bytes; {len(asked)} requests")


if __name__ == "__main__":
    main()
