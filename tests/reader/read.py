"""Reads a CSAF provider as somebody else does, and checks all of it: nothing of this program is ours but what it reads.

    read.py HOST PORT ADDRESS AUTHORITY FOLDER

It asks HOST on ADDRESS:PORT over TLS, trusts AUTHORITY only, and keeps what it fetched in FOLDER. From what the provider
says of itself it goes to each feed, each list and each document of both editions; digests are computed here, signatures
are for GnuPG with the published keys, and what a document says is read by csaf-tool. It prints a line of JSON with the
counts. The first thing that is not right ends it, with a sentence and status 1.
"""

import contextlib
import hashlib
import http.client
import io
import json
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from csaf.parser import CSAFParser

host, port, address, authority, folder = sys.argv[1:]
folder = Path(folder)
home = folder / "gnupg"
home.mkdir(parents=True, mode=0o700)
counts = {"documents": 0, "digests": 0, "signatures": 0, "products": 0, "keys": [], "signed_by": []}


class Connection(http.client.HTTPSConnection):
    """To one place, whatever the name is said to be."""

    def connect(self):
        plain = socket.create_connection((address, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)


tls = ssl.create_default_context(cafile=authority)


def must(holds, sentence):
    if not holds:
        sys.exit(sentence)


def get(url):
    """The bytes behind an address of this provider. A redirect is not followed."""
    parts = urlsplit(url)
    must(parts.scheme == "https" and parts.hostname == host and str(parts.port) == port, f"elsewhere: {url}")
    connection = Connection(host, int(port), context=tls, timeout=20)
    connection.request("GET", parts.path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    must(response.status == 200, f"{response.status} {url}")
    return body


def gpg(*arguments):
    command = ["gpg", "--batch", "--quiet", "--no-autostart", "--status-fd", "1", "--homedir", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def signed(url, body):
    """The signature beside `url` is good, and of a key that is published."""
    (folder / "body").write_bytes(body)
    (folder / "body.asc").write_bytes(get(url + ".asc"))
    said = gpg("--verify", str(folder / "body.asc"), str(folder / "body"))
    valid = [line.split() for line in said.stdout.splitlines() if " VALIDSIG " in line]
    must(said.returncode == 0 and valid, f"the signature of {url} is not good: {said.stderr}")
    key = valid[0][-1]
    must(key in counts["keys"], f"{url} is signed by {key}, which is not published")
    counts["signed_by"] = sorted({*counts["signed_by"], key})
    counts["signatures"] += 1


def links(of, relation):
    return [it["href"] for it in of["link"] if it["rel"] == relation]


def read_document(entry):
    url = entry["content"]["src"]
    must(links(entry, "self") == [url], f"the entry of {url} is about something else")
    body = get(url)
    for digest in links(entry, "hash"):
        algorithm = digest.rsplit(".", 1)[-1]
        must(algorithm in ("sha256", "sha512"), digest)
        written, name = get(digest).decode().split()
        must(name == url.rsplit("/", 1)[-1], f"{digest} is of {name}")
        must(written == hashlib.new(algorithm, body).hexdigest(), f"{digest} is of something else")
        counts["digests"] += 1
    must(links(entry, "signature") == [url + ".asc"], f"no signature of {url} is named")
    signed(url, body)
    tracking = json.loads(body)["document"]["tracking"]
    must(entry["id"] == tracking["id"], f"{url} has another number")
    must(entry["updated"] == tracking["current_release_date"], f"{url} was changed at another time")
    must(entry["published"] == tracking["initial_release_date"], f"{url} was published at another time")
    kept = folder / url.rsplit("/", 1)[-1]
    kept.write_bytes(body)
    parser = CSAFParser()
    with contextlib.redirect_stdout(io.StringIO()):
        parser.parse_file(str(kept))
    must(parser.get_metadata().get("id") == tracking["id"], f"csaf-tool reads another number from {url}")
    counts["products"] += len(parser.get_product())
    counts["documents"] += 1
    return url, entry["updated"]


def read_feed(url):
    feed = json.loads(get(url))["feed"]
    must(links(feed, "self") == [url], f"the feed {url} is about something else")
    service = json.loads(get(links(feed, "service")[0]))["service"]
    named = [it["href"] for workspace in service["workspace"] for it in workspace["collection"]]
    must(url in named, f"the service document does not name {url}")
    read = [read_document(entry) for entry in feed["entry"]]
    must(not read or feed["updated"] == max(at for _, at in read), f"{url} was changed at another time")
    return read


def read_lists(folder_url, read):
    listed = [folder_url + line for line in get(folder_url + "index.txt").decode().split()]
    must(sorted(listed) == sorted(url for url, _ in read), f"{folder_url}index.txt lists others than the feed")
    rows = [row.split(",") for row in get(folder_url + "changes.csv").decode().splitlines()]
    changes = [(folder_url + name.strip('"'), at.strip('"')) for name, at in rows]
    must(sorted(changes) == sorted(read), f"{folder_url}changes.csv lists others than the feed")
    must([at for _, at in changes] == sorted((at for _, at in changes), reverse=True), "the newest is not first")


def read_provider(url):
    body = get(url)
    provider = json.loads(body)
    must(provider["canonical_url"] == url, f"{url} says that it stands elsewhere")
    must(provider["role"] == "csaf_trusted_provider", provider["role"])
    for key in provider["public_openpgp_keys"]:
        (folder / "key.asc").write_bytes(get(key["url"]))
        gpg("--import", str(folder / "key.asc"))
        known = gpg("--with-colons", "--list-keys", key["fingerprint"])
        must(known.returncode == 0, f"{key['url']} is not the key {key['fingerprint']}")
        counts["keys"] = sorted({*counts["keys"], key["fingerprint"]})
    signed(url, body)
    feeds = [feed["url"] for one in provider["distributions"] for feed in one.get("rolie", {}).get("feeds", [])]
    folders = [
        one["directory_url"] if "directory_url" in one else one["directory"]["url"]
        for one in provider["distributions"]
        if "directory_url" in one or "directory" in one
    ]
    must(feeds and len(feeds) == len(folders), f"{url} names {len(feeds)} feeds and {len(folders)} folders")
    for feed, listing in zip(feeds, folders):
        read_lists(listing, read_feed(feed))


top = f"https://{host}:{port}"
text = get(f"{top}/.well-known/security.txt")
providers = [line.split(" ", 1)[1] for line in text.decode().splitlines() if line.startswith("CSAF: ")]
must(f"{top}/.well-known/csaf/provider-metadata.json" in providers, "security.txt does not name the provider")
for url in providers:
    read_provider(url)
(folder / "security.txt").write_bytes(text)
said = gpg("--verify", str(folder / "security.txt"))
must(said.returncode == 0, f"the signature of security.txt is not good: {said.stderr}")
counts["signatures"] += 1
print(json.dumps(counts))
