"""Refusals: the expected ways of saying no.

Refusal
├── InvalidInput    a field's value can't be accepted
├── NotFound        nothing has that id
├── NotPermitted    the principal may not do this
├── TooManyRows     a bulk call is over its limit
├── Busy            the same thing is being changed by too many at once
└── ...             every service's own, named after the fact that stands in the way

Raising a refusal leaves everything unstored. Its message exists in Chinese and English and says what to do next.
"""

from typing import Any, ClassVar, Literal, Self

Language = Literal["zh", "en"]


class Refusal(Exception):
    """An expected refusal. Subclasses give message templates, filled from the fields by `str.format`."""

    zh: ClassVar[str]
    en: ClassVar[str]
    next_zh: ClassVar[str] = "请检查后重试。"
    next_en: ClassVar[str] = "Check and try again."

    def __init__(self, *, path: str | None = None, **fields: Any) -> None:
        super().__init__(type(self).__name__)
        self.path = path
        self.fields = fields
        for name, value in fields.items():
            setattr(self, name, value)

    @property
    def code(self) -> str:
        return type(self).__name__

    def message(self, language: Language = "zh") -> str:
        return (self.zh if language == "zh" else self.en).format_map(self.fields)

    def next_step(self, language: Language = "zh") -> str:
        return (self.next_zh if language == "zh" else self.next_en).format_map(self.fields)

    def at(self, prefix: str) -> Self:
        """The same refusal with its path put under `prefix` (a row of a bulk call)."""
        self.path = f"{prefix}.{self.path}" if self.path else prefix
        return self

    def __str__(self) -> str:
        return (
            f"{self.code} at {self.path}: {self.message('en')}" if self.path else f"{self.code}: {self.message('en')}"
        )


class InvalidInput(Refusal):
    zh = "输入有误:{reason_zh}"
    en = "Invalid input: {reason_en}"
    next_zh = "请改正该字段后重新提交。"
    next_en = "Correct this field and submit again."

    def __init__(self, *, path: str, reason_zh: str, reason_en: str) -> None:
        super().__init__(path=path, reason_zh=reason_zh, reason_en=reason_en)


class NotFound(Refusal):
    zh = "找不到该{what_zh}:{id}"
    en = "No {what_en} has this id: {id}"
    next_zh = "请核对编号。"
    next_en = "Check the id."

    def __init__(self, *, what_zh: str, what_en: str, id: str, path: str | None = None) -> None:
        super().__init__(path=path, what_zh=what_zh, what_en=what_en, id=id)


class NotPermitted(Refusal):
    zh = "您无权执行此操作:{permission}"
    en = "You may not do this: {permission}"
    next_zh = "请使用具有相应角色和范围的账号,或联系管理员授权。"
    next_en = "Use an account with the right role and scope, or ask an administrator for the grant."

    def __init__(self, *, permission: str, path: str | None = None) -> None:
        super().__init__(path=path, permission=permission)


class TooManyRows(Refusal):
    limit: int
    actual: int
    zh = "一次最多提交 {limit} 行,收到 {actual} 行;未保存任何内容。"
    en = "At most {limit} rows a call; {actual} were sent. Nothing was stored."
    next_zh = "请分批提交。"
    next_en = "Send them in several calls."

    def __init__(self, *, limit: int, actual: int, path: str | None = None) -> None:
        super().__init__(path=path, limit=limit, actual=actual)


class Busy(Refusal):
    zh = "操作繁忙:同一记录正被多人修改;未保存任何内容。"
    en = "Busy: the same record is being changed by others. Nothing was stored."
    next_zh = "请稍后重试。"
    next_en = "Try again in a moment."
