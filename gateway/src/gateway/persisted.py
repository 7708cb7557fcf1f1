"""Automatic persisted queries: a client may send a document's SHA-256 instead of a document that was sent before."""

from hashlib import sha256

from gateway.cache import LONGEST_TEXT, Cache
from gateway.jsontypes import Json, JsonObject
from gateway.refusals import Refused

MOST_PERSISTED_BYTES = 16 * 1024 * 1024


class PersistedQueries:
    """Remembers `size` documents and `MOST_PERSISTED_BYTES`; a client whose document was forgotten sends it again."""

    def __init__(self, size: int) -> None:
        self._known: Cache[str, str] = Cache(size, MOST_PERSISTED_BYTES)

    def text(self, query: str | None, extensions: JsonObject) -> str:
        """The document's text. Raises `Refused` if it isn't there, or isn't the one that its hash tells."""
        wanted = _hash(extensions.get("persistedQuery"))
        if wanted is None:
            if query is None:
                raise Refused("BAD_REQUEST", "`query` must be a string with a GraphQL document.", well_formed=False)
            return query
        if query is None:
            return self._remembered(wanted)
        text = query.encode()
        if sha256(text).hexdigest() != wanted:
            raise Refused("PERSISTED_QUERY_HASH_MISMATCH", "The hash is not the document's.", well_formed=False)
        if len(query) <= LONGEST_TEXT:
            self._known.put(wanted, query, weight=len(text))
        return query

    def _remembered(self, wanted: str) -> str:
        known = self._known.get(wanted)
        if known is None:
            raise Refused("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", 200)
        return known


def _hash(extension: Json) -> str | None:
    if not isinstance(extension, dict):
        return None
    version, found = extension.get("version"), extension.get("sha256Hash")
    if version != 1 or not isinstance(found, str):
        raise Refused("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported", 200)
    return found.lower()
