"""A repository of the Hugging Face hub: its config and the headers of its weights by range requests, at one commit.

huggingface_hub honours HF_TOKEN, HF_ENDPOINT and proxies. Nothing of a repository is executed, and no weight is loaded.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from catalog_db.errors import UsageError
from catalog_db.importers import config_file, describe, gguf_model, reading, safetensors_file
from catalog_db.importers.stored import Header, header
from catalog_db.importers.understood import Origin, Understood

TIMEOUT_S = 30
CHUNK = 2**20


def read(text: str, revision: str | None = None, known: Collection[str] = ()) -> Understood:
    """The model of `owner/name`, or of one GGUF file of it: `owner/name:FILE` or `owner/name:Q4_K_M`."""
    repository, _, wanted = text.partition(":")
    with _told(repository, revision):
        info = _api().model_info(repository, revision=revision, files_metadata=True, timeout=TIMEOUT_S)
        files = {each.rfilename: each.size or 0 for each in info.siblings or []}
        return Repository(repository, str(info.sha), files).read(wanted, known)


class Repository:
    """One repository at one commit."""

    def __init__(self, name: str, commit: str, files: dict[str, int]) -> None:
        self.name, self.commit, self.files = name, commit, files

    def read(self, wanted: str, known: Collection[str]) -> Understood:
        """GGUF when it is asked for or all there is, else safetensors and config, else the config alone."""
        if wanted or not any(name.endswith((".safetensors", "config.json")) for name in self.files):
            return self.gguf(wanted, known)
        content = self.content("config.json") if "config.json" in self.files else None
        config = config_file.parse(content, f"{self.name}: config.json") if content is not None else None
        if config is not None and "hf_quant_config.json" in self.files:
            said = self.content("hf_quant_config.json")
            config = config_file.with_quantization(config, said, f"{self.name}: hf_quant_config.json")
        headers = self.headers()
        if headers:
            return describe.from_headers(headers, config, self.origin("config.json and safetensors headers"), known)
        if config is None:
            raise UsageError(
                f"{self.name} holds neither config.json nor safetensors nor GGUF files at {self.commit[:12]}"
            )
        return describe.from_config(config, self.origin("config.json"), known)

    def origin(self, locator: str) -> Origin:
        """A citation at this commit. The maker's own repository is tier B+."""
        url = f"{_api().endpoint}/{self.name}/tree/{self.commit}"
        return Origin(self.name, self.name.partition("/")[0], self.commit, locator, "B+", url, self.name)

    def content(self, file: str) -> bytes:
        """A small file, whole."""
        found = self.bytes(file, 0, reading.LARGEST_TEXT)
        if len(found) > reading.LARGEST_TEXT:
            raise UsageError(f"{self.name}: {file} is longer than {reading.LARGEST_TEXT:,} bytes")
        return found

    def bytes(self, file: str, first: int, last: int) -> bytes:
        """A range of a file, its last byte included. A server that sends all of it is cut off there."""
        from huggingface_hub import get_session, hf_hub_url
        from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

        url = hf_hub_url(self.name, file, revision=self.commit, endpoint=_api().endpoint)
        asked = {**build_hf_headers(), "range": f"bytes={first}-{last}"}
        with get_session().stream("GET", url, headers=asked, timeout=TIMEOUT_S, follow_redirects=True) as response:
            if response.status_code >= 400:
                response.read()
            hf_raise_for_status(response)
            skip = first if response.status_code == 200 else 0
            if skip > CHUNK * 64:
                raise UsageError(f"{self.name}: the server answers no range requests")
            return _most(response.iter_bytes(), skip, last - first + 1)

    def headers(self) -> list[Header]:
        """The entries of all safetensors files that make up the model."""
        files = self.weight_files()
        if len(files) > safetensors_file.MOST_FILES:
            raise UsageError(
                f"{self.name}: {len(files):,} safetensors files are more than {safetensors_file.MOST_FILES:,}"
            )
        found: dict[str, Header] = {}
        for file in files:
            for entry in self.file_headers(file):
                found[entry.name] = entry
        return list(found.values())

    def weight_files(self) -> list[str]:
        """Files that the index names, else model.safetensors, else all at the top."""
        if "model.safetensors" in self.files:
            return ["model.safetensors"]
        index = "model.safetensors.index.json"
        if index not in self.files:
            return sorted(name for name in self.files if name.endswith(".safetensors") and "/" not in name)
        weights = reading.json_object(self.content(index), f"{self.name}: {index}").get("weight_map")
        if not isinstance(weights, dict) or not all(isinstance(name, str) for name in weights.values()):
            raise UsageError(f"{self.name}: {index}: weight_map is no table of tensors and files")
        names: list[str] = sorted(set(weights.values()))
        for name in names:
            safetensors_file.check_name(name, f"{self.name}: {index}")
        return names

    def file_headers(self, file: str) -> list[Header]:
        """The entries of one file: its first 100 kB are asked for, and more where the header is longer."""
        where = f"{self.name}: {file}"
        read = _api().parse_safetensors_file_metadata(self.name, file, revision=self.commit, timeout=TIMEOUT_S)
        return [header(name, part.dtype, part.shape, where) for name, part in read.tensors.items()]

    def gguf(self, wanted: str, known: Collection[str]) -> Understood:
        """One GGUF file, its head read in ranges."""
        file = self.gguf_file(wanted)
        if gguf_model.SPLIT.match(file):
            raise UsageError(f"{self.name}: {file} is one part of several: download them and name the first")
        stream: Any = io.BufferedReader(Ranges(self, file), CHUNK)
        return gguf_model.read_stream(stream, self.files[file], self.origin(file), known)

    def gguf_file(self, wanted: str) -> str:
        """The only GGUF file that is meant. Raises UsageError with those there are."""
        ggufs = sorted(name for name in self.files if name.endswith(".gguf") and "mmproj" not in name)
        found = [name for name in ggufs if wanted.lower() in name.lower()]
        exact = [name for name in found if name == wanted]
        if len(exact or found) == 1:
            return (exact or found)[0]
        listed = ", ".join((found or ggufs)[:20]) or "none"
        raise UsageError(f"{self.name}: name one GGUF file, as {self.name}:FILE; there are {listed}")


class Ranges(io.RawIOBase):
    """A file of a repository, read forward by range requests."""

    def __init__(self, repository: Repository, file: str) -> None:
        self.repository, self.file, self.place = repository, file, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes, as many as fit."""
        last = min(self.place + len(buffer), self.repository.files[self.file]) - 1
        if last < self.place:
            return 0
        found = self.repository.bytes(self.file, self.place, last)
        buffer[: len(found)] = found
        self.place += len(found)
        return len(found)


def _most(parts: Iterator[bytes], skip: int, most: int) -> bytes:
    """At most so many bytes of a stream, after the first `skip`."""
    found = b""
    for part in parts:
        found += part
        if len(found) >= skip + most:
            break
    return found[skip : skip + most]


def _api() -> Any:
    """The hub's client. Raises UsageError when it is not installed."""
    try:
        from huggingface_hub import HfApi
    except ImportError as error:
        raise UsageError("a Hugging Face id needs huggingface_hub: pip install 'mlsysdb[hub]'") from error
    return HfApi(endpoint=os.environ.get("HF_ENDPOINT") or None)


@contextlib.contextmanager
def _told(repository: str, revision: str | None) -> Iterator[None]:
    """Turn what the hub and the network answer into a line that says what to do."""
    _api()
    from huggingface_hub import errors

    at = f" at revision {revision!r:.80}" if revision else ""
    token = "log in with `hf auth login` or set HF_TOKEN"
    try:
        yield
    except errors.GatedRepoError as error:
        url = f"{_api().endpoint}/{repository}"
        raise UsageError(f"{repository} is gated: accept its terms at {url}, and {token}") from error
    except errors.RevisionNotFoundError as error:
        raise UsageError(f"{repository} has no revision {revision!r:.80}") from error
    except errors.RepositoryNotFoundError as error:
        raise UsageError(f"{repository} is not there, or is private: check the name, or {token}") from error
    except errors.EntryNotFoundError as error:
        raise UsageError(f"{repository}{at}: a file that its index names is missing: {_line(error)}") from error
    except (errors.SafetensorsParsingError, errors.HFValidationError) as error:
        raise UsageError(f"{repository}{at}: {_line(error)}") from error
    except (errors.HfHubHTTPError, errors.HTTPError, OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{repository}{at}: the hub cannot be read: {_line(error)}") from error


def _line(error: BaseException) -> str:
    lines: Sequence[str] = str(error).strip().splitlines() or [type(error).__name__]
    return f"{lines[0]:.300}"
