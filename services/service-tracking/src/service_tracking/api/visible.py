"""What of the claims and records a principal may see, as part of the query itself."""

from servicekit.domain import NotPermitted
from servicekit.graphql import Context
from servicekit.security import Grant, Role
from servicekit.security.policy import division_prefix
from servicekit.storage.mongo import Document

COMMUNITY_CODE_LENGTH = 12


def visible(context: Context, key: str) -> Document:
    """A filter on `member_id`, `unit_id` and `community` that holds exactly for what the rule `key` lets be seen.

    Raises NotPermitted when the principal has no grant that could let it see anything.
    """
    roles = context.policy.rule(key).roles or frozenset()
    scopes = [_scope(grant, key) for grant in context.principal.grants if grant.role in roles and grant.scope]
    filters = [scope for scope in scopes if scope is not None]
    if not filters:
        raise NotPermitted(permission=key)
    return filters[0] if len(filters) == 1 else {"$or": filters}


def _scope(grant: Grant, key: str) -> Document | None:
    if grant.role is Role.MEMBER:
        return {"member_id": grant.scope}
    if grant.role is Role.UNIT_ADMIN:
        return {"unit_id": grant.scope}
    if grant.role is Role.INTEGRATION and key not in grant.permissions:
        return None
    prefix = division_prefix(grant.scope)
    if len(prefix) == COMMUNITY_CODE_LENGTH:
        return {"community": prefix}
    # Codes are digits, and ":" follows "9".
    return {"community": {"$gte": prefix, "$lt": prefix + ":"}}
