"""Where another system is: its HTTP interface (API v1), or files in a folder that somebody carries between the networks.

Both say the same: registers, then visits from a cursor on, and both take results and closed ratings back. They raise OSError
or ValueError where they cannot be reached or understood; the next round tries again.
"""

import hashlib
import json
import os
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import quote, urlencode

from app.domain.errors import DomainError
from app.services.connector.reading import VISIT_COLUMNS, visit_of_row
from app.services.imports.tables import read_table

TIMEOUT = 30  # seconds
LARGEST = 40_000_000  # bytes of an answer or a file
AT_ONCE = 100  # visits in one transaction
REGISTERS = ("units", "items", "officers", "plans")


@dataclass(frozen=True, slots=True)
class Page:
    """Visits as the other system said them, where to go on from, and whether there is more already."""

    visits: Sequence[Any]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A result recorded here, to be given back: `body` as `POST /inspections/{id}/complete` takes it."""

    inspection: str
    number: str
    their_id: str | None
    unit: str
    body: Mapping[str, Any]


class Refusal(ValueError):
    """The other system understood and refused: its code and sentence."""


class Source(Protocol):
    def registers(self) -> Iterator[tuple[str, Any]]:
        """(kind of REGISTERS, rows as the interface lists them or the bytes of a table)."""

    def visits(self, cursor: str | None) -> Page: ...

    def give_result(self, result: Result) -> None: ...

    def give_figures(self, system: str, quarter: str, figures: Sequence[Mapping[str, Any]]) -> None: ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token goes to the address that was configured, nowhere else."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True, slots=True)
class HttpSource:
    """API v1 of another system. `token` reads (a supervisor's); `unit_tokens` record results, each for its unit."""

    url: str
    token: str
    unit_tokens: Mapping[str, str] = field(default_factory=dict)

    def registers(self) -> Iterator[tuple[str, Any]]:
        units = self._all("units")
        yield "units", units
        yield "items", self._all("items")
        inspecting = [u["code"] for u in units if u["role"] == "inspecting"]
        officers = []
        for unit in inspecting:
            try:
                officers += self._all("officers", unit=unit)
            except Refusal:
                continue  # a unit of another region: its officers are not ours to read
        yield "officers", officers
        yield "plans", self._all("plans")

    def visits(self, cursor: str | None) -> Page:
        said = self._get("changes", limit=str(AT_ONCE), **({"cursor": cursor} if cursor else {}))
        return Page(said["items"], str(said["cursor"]), bool(said["more"]))

    def give_result(self, result: Result) -> None:
        token = self.unit_tokens.get(result.unit)
        if token is None:
            raise Refusal("mirror_units_token")
        path = f"inspections/{quote(result.their_id or '', safe='')}/complete"
        self._call("POST", path, token, result.body, key=f"mirror-{result.inspection}")

    def give_figures(self, system: str, quarter: str, figures: Sequence[Mapping[str, Any]]) -> None:
        key = hashlib.sha256(json.dumps([system, quarter, *figures], sort_keys=True).encode()).hexdigest()
        self._call("POST", "figures", self.token, {"system": system, "figures": list(figures)}, key=key)

    def _all(self, what: str, **query: str) -> list[Any]:
        found: list[Any] = []
        cursor = None
        while True:
            paged = {"limit": "200"} if what != "officers" else {}
            said = self._get(what, **paged, **query, **({"cursor": cursor} if cursor else {}))
            found += said["items"]
            cursor = said.get("next")
            if not cursor:
                return found

    def _get(self, what: str, **query: str) -> Any:
        return self._call("GET", what + (f"?{urlencode(query)}" if query else ""), self.token)

    def _call(self, method: str, path: str, token: str, body: Any = None, key: str | None = None) -> Any:
        """One call. Raises OSError (not reached, 5xx, 401, 429) or Refusal (anything else that was refused)."""
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "Accept-Language": "zh-CN"}
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False).encode()
        if key:
            headers["Idempotency-Key"] = key
        status, said = self._exchange(method, f"/api/v1/{path}", headers, data)
        if status >= 500 or status in (401, 408, 429):
            raise OSError(f"HTTP {status} from {path.partition('?')[0]}")
        if status >= 300:
            raise Refusal(_refused(said) or f"HTTP {status}")
        return _json(said)

    def _exchange(self, method: str, path: str, headers: dict[str, str], data: bytes | None) -> tuple[int, bytes]:
        """Status and body of one call."""
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310 checked in config
        try:
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT) as answer:
                return answer.status, answer.read(LARGEST + 1)
        except HTTPError as error:
            return error.code, error.read(20_000)
        except HTTPException as error:  # cut off in the middle, or no HTTP
            raise OSError(f"{type(error).__name__} from {path.partition('?')[0]}") from None


def _json(data: bytes) -> Any:
    if len(data) > LARGEST:
        raise ValueError("the answer is too large")
    return json.loads(data)


def _refused(data: bytes) -> str:
    try:
        said = json.loads(data)
        return f"{said['code']}: {said['detail']}"[:300]
    except (ValueError, KeyError, TypeError):
        return ""


@dataclass(frozen=True, slots=True)
class FolderSource:
    """Files named `KIND-ANYTHING.jsonl|csv|xlsx` in `in/`, read in the order of their names; `out/` takes what goes back.

    KIND is visits, units, items, officers or plans. Visits are lines of JSON (the Inspection object) or a table; registers
    are tables as `import` takes them. The cursor is the name of the last file read and the line in it: a later
    file must have a later name, so names begin with a date. A name that ends in .tmp or .part is not finished yet.
    """

    folder: Path

    def registers(self) -> Iterator[tuple[str, Any]]:
        for kind in REGISTERS:
            for path in self._files(kind):
                yield kind, _read(path)

    def visits(self, cursor: str | None) -> Page:
        name, _, line = (cursor or "").rpartition("#")
        begin = int(line) if line.isdecimal() else 0
        files = self._files("visits")
        for path in files:
            if path.name < name:
                continue
            rows = list(_visits(path, grows=path == files[-1]))
            if path.name == name and begin >= len(rows):
                continue
            begin = begin if path.name == name else 0
            part = rows[begin : begin + AT_ONCE]
            return Page(part, f"{path.name}#{begin + len(part)}", more=True)
        return Page((), cursor or "", more=False)

    def give_result(self, result: Result) -> None:
        said = {"number": result.number, "id": result.their_id, "unit": result.unit, **result.body}
        self._put(f"results-{result.inspection}.json", said)

    def give_figures(self, system: str, quarter: str, figures: Sequence[Mapping[str, Any]]) -> None:
        self._put(f"figures-{quarter}.json", {"system": system, "figures": list(figures)})

    def _files(self, kind: str) -> list[Path]:
        inbox = self.folder / "in"
        if not inbox.is_dir():
            raise OSError(f"there is no folder {inbox}")
        wanted = (".jsonl", ".csv", ".xlsx")
        return sorted(p for p in inbox.glob(f"{kind}-*") if p.suffix in wanted and not p.name.startswith("."))

    def _put(self, name: str, said: Mapping[str, Any]) -> None:
        """Whole or not at all: whoever carries files never takes half of one."""
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        unfinished = out / f".{name}.tmp"
        unfinished.write_text(json.dumps(said, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        os.replace(unfinished, out / name)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST // 1_000_000} MB")
    return path.read_bytes()


def _visits(path: Path, *, grows: bool) -> Iterator[Any]:
    """The visits of a file. A line that is no JSON is told of like any visit that cannot be read; the last one of a file that
    `grows` may be half written, and is read once it is whole."""
    data = _read(path)
    if path.suffix == ".jsonl":
        whole, _, last = data.rpartition(b"\n")
        data = whole if grows and not _is_json(last) else data
        for line in data.decode("utf-8-sig").splitlines():
            if line.strip():
                try:
                    yield json.loads(line)
                except ValueError:
                    yield line[:200]
        return
    try:
        table = read_table(data, VISIT_COLUMNS)
    except DomainError as error:
        raise ValueError(f"{path.name}: {error.code}") from None
    for row in table.rows:
        yield visit_of_row(row)
