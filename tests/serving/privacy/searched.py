"""Searching everything a shop keeps for a word: files as they are, and what is inside of compressed ones."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import MetaData, create_engine, select

from serving.database.people.person_key import person_key


def files_with(folder: Path, words: Sequence[str]) -> dict[str, list[str]]:
    """For each word the files under ``folder``, by their paths in it, that hold it in any way."""
    found: dict[str, list[str]] = {word: [] for word in words}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        contents = [*_contents(file)]
        for word in words:
            if any(form in content for form in _forms(word) for content in contents):
                found[word].append(file.relative_to(folder).as_posix())
    return {word: files for word, files in found.items() if files}


def tables_with(url: str, words: Sequence[str]) -> dict[str, list[str]]:
    """For each word the tables of a PostgreSQL database with a value that holds it."""
    engine = create_engine(url)
    metadata = MetaData()
    metadata.reflect(engine)
    found: dict[str, list[str]] = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            text = "\n".join(str(value) for row in connection.execute(select(table)) for value in row)
            for word in words:
                if word in text or str(person_key(word)) in text:
                    found.setdefault(word, []).append(table.name)
    engine.dispose()
    return found


def _forms(word: str) -> set[bytes]:
    """The word as UTF-8, as JSON escapes it, and as JSON within JSON does."""
    escaped = json.dumps(word)[1:-1]
    return {word.encode(), escaped.encode(), json.dumps(escaped)[1:-1].encode()}


def _contents(file: Path) -> Iterator[bytes]:
    raw = file.read_bytes()
    yield raw
    if raw[:4] == b"PAR1":
        parquet = pq.ParquetFile(pa.BufferReader(raw))
        yield str(parquet.metadata.metadata).encode()
        for batch in parquet.iter_batches():
            yield "\n".join(str(value) for row in batch.to_pylist() for value in row.values()).encode()
    elif raw[:6] == b"ARROW1":
        table = pa.ipc.open_file(pa.BufferReader(raw)).read_all()
        yield "\n".join(str(value) for row in table.to_pylist() for value in row.values()).encode()
    elif raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
