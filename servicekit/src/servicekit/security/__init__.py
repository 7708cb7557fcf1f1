"""Who is asking, and what they may do."""

from servicekit.security.policy import AUTHENTICATED, NOWHERE, PUBLIC, Policy, Rule, Target, allow, division_prefix
from servicekit.security.principal import ANONYMOUS, Grant, Principal, Role
from servicekit.security.tokens import TokenExpired, TokenInvalid, TokenRefused, TokenVerifier

__all__ = [
    "ANONYMOUS",
    "AUTHENTICATED",
    "NOWHERE",
    "PUBLIC",
    "Grant",
    "Policy",
    "Principal",
    "Role",
    "Rule",
    "Target",
    "TokenExpired",
    "TokenInvalid",
    "TokenRefused",
    "TokenVerifier",
    "allow",
    "division_prefix",
]
