"""Replace ids of customers, agents and orders by keyed hashes that stay the same in every source and month."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tempfile
import unicodedata
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from voc.data.distinct import map_distinct

SHORTEST_KEY = 16


class KeyFileError(RuntimeError):
    """The key file cannot be used; the message says which file, why, and what to do."""


def pseudonym(column: ir.StringValue, key: bytes | str, prefix: str) -> ir.StringValue:
    """Replace ids by ``prefix`` and 16 hex digits of a keyed hash.

    The same person must be the same in the ticket tool, the phone log and the survey, and next month, but nobody
    without the key may get back to the id or try all ids (a plain hash of a customer number falls in seconds).
    Before hashing, an id is brought to one form: compatibility characters (NFKC), no white space around it, no
    leading ``#``, no case. The prefix takes part in the hash, so that customer 17 and agent 17 share nothing.

    Length: 16 digits are 64 bits. Among n ids the odds that any two share a pseudonym are about n² / 2⁶⁵: for
    5 million customers 7 in ten million; 12 digits (48 bits) would give 1 in 22.

    Args:
        column: ids as text.
        key: secret of the company, at least 16 characters or bytes; see ``read_key``.
        prefix: put before the hash, for example ``"c-"``.

    Returns:
        A string column; null and empty ids stay as they are (white space or a lone ``#`` count as empty).

    Raises:
        ValueError: the key is too short.

    Source: BLAKE2 keyed mode, RFC 7693. The key is closed over in Python: it never stands in the SQL.

    Example:
        ``table.mutate(customer_id=pseudonym(table.customer_id, key, "c-"))``
    """
    hashed = hasher(key, prefix)

    def voc_pseudonym(ids):
        return map_distinct(ids, hashed)

    return ibis.udf.scalar.pyarrow(voc_pseudonym, signature=((dt.string,), dt.string))(column)


def hasher(key: bytes | str, prefix: str):
    """Return the function that turns one id into its pseudonym; the parts of ``pseudonym`` outside the engine.

    Example:
        >>> hasher("k" * 16, "c-")(" #AB1 ") == hasher("k" * 16, "c-")("ab1")
        True
    """
    secret = key.encode() if isinstance(key, str) else bytes(key)
    if len(secret) < SHORTEST_KEY:
        raise ValueError(
            f"the pseudonym key has {len(secret)} bytes; it needs at least {SHORTEST_KEY}, otherwise it can be guessed"
        )
    start = hashlib.blake2b(prefix.encode() + b"\0", digest_size=8, key=hashlib.sha256(secret).digest())

    def one(identifier: str) -> str:
        canonical = canonical_id(identifier)
        if not canonical:
            return ""
        digest = start.copy()
        digest.update(canonical.encode("utf-8", "surrogatepass"))
        return prefix + digest.hexdigest()

    return one


def canonical_id(identifier: str) -> str:
    """Bring an id to the one form in which it is hashed.

    Example:
        >>> canonical_id(" #Ab-17 ")
        'ab-17'
    """
    if not identifier.isascii():
        identifier = unicodedata.normalize("NFKC", identifier)
    return identifier.strip().lstrip("#").strip().casefold()


def read_key(path: Path) -> str:
    """Read the key of the pseudonyms; make one when the file does not exist yet.

    A new key is 256 random bits, written whole and readable by its owner only (mode 0600); when two runs start at
    once, both use the key of the first. Losing the file means that next month's pseudonyms match no earlier ones.

    Args:
        path: the key file; its folder is made when missing.

    Returns:
        The key as text, without surrounding white space.

    Raises:
        KeyFileError: the file is empty, too short, not text, or cannot be read or made.

    Example:
        ``read_key(Path("~/.config/voc/pseudonym.key").expanduser())``
    """
    path = Path(path)
    try:
        if not path.exists():
            _create_key(path)
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(
            f"key file {path}: cannot be read or made ({error}). Give the account that runs the report read access to "
            "it, or name another file in the settings."
        ) from error
    if len(key.encode()) < SHORTEST_KEY:
        raise KeyFileError(
            f"key file {path}: holds {len(key)} characters, at least {SHORTEST_KEY} are needed. Restore it from your "
            "backup, so that pseudonyms stay the same as in earlier months; or delete it and a new key is made."
        )
    return key


def _create_key(path: Path) -> None:
    """Write a new key beside the target and link it into place, unless another run was faster."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes files with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(secrets.token_hex(32) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
