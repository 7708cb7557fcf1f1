"""What GraphQL says of a wrong variable, without the value: errors are passed on, and values may be personal."""

import re


def without_values(message: str) -> str:
    if "has invalid value" not in message:
        return message
    head, _, tail = message.partition(": ")
    return f"{head}: {_cut(tail)}"


def _cut(complaint: str) -> str:
    """Whatever was sent comes last in each of GraphQL's sentences, but for an enum's."""
    unknown = re.sub(r"^Value '.*' (?=does not exist in )", "Value ", complaint, flags=re.DOTALL)
    return re.sub(r"[,?] [Ff]ound: .*|(cannot represent [^:]*): .*", r"\1", unknown, flags=re.DOTALL)
