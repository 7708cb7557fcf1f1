"""The GraphQL side of a service: schema, refusals as unions, paging, batched loading and entities, limits, HTTP."""

from servicekit.graphql.audit import AuditEntry, AuditFilter, audit_trail
from servicekit.graphql.context import Context, Info
from servicekit.graphql.documents import Limits
from servicekit.graphql.entities import ForeignEntity, extend
from servicekit.graphql.inputs import rows, rows_argument, text, text_argument
from servicekit.graphql.paging import Connection, PageInfo, connection, empty_connection
from servicekit.graphql.refusals import Refusal, bulk_union, refusal_type, result_union
from servicekit.graphql.schema import SchemaError, Subgraph, build_schema

__all__ = [
    "AuditEntry",
    "AuditFilter",
    "Connection",
    "Context",
    "ForeignEntity",
    "Info",
    "Limits",
    "PageInfo",
    "Refusal",
    "SchemaError",
    "Subgraph",
    "audit_trail",
    "build_schema",
    "bulk_union",
    "connection",
    "empty_connection",
    "extend",
    "refusal_type",
    "result_union",
    "rows",
    "rows_argument",
    "text",
    "text_argument",
]
