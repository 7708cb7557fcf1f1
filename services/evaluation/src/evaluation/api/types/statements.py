"""Evaluation statements, for those concerned and for whoever holds one in hand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry
from servicekit.documents.fonts import Fonts
from servicekit.domain.refusals import Language
from servicekit.graphql import Context, Info
from servicekit.security import Target
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.types.issues import BulletinFile
from evaluation.domain import statements
from evaluation.domain.statements import NUMBERS, StatementKind, signed_text
from evaluation.exports.files import File
from evaluation.exports.statement import statement_pdf
from evaluation.signing import Signer
from evaluation.storage.statements import by_number

strawberry.enum(StatementKind, description="评价对象 / Of whom a statement is")


@strawberry.type(description="评价证明的一行 / One figure of a statement")
class StatementRow:
    name: str
    unit: str
    rule: str
    value: Decimal | None
    numerator: Decimal
    denominator: int | None


@strawberry.federation.type(
    keys=["id"],
    description="评价证明:一经出具永不改变,回单位存档 / Returned to the home unit; it never changes",
)
class Statement:
    id: ID
    number: str
    kind: StatementKind
    subject: ID = strawberry.field(description="党员或单位编号 / The member's or the unit's number")
    unit_id: ID
    year: int
    up_to: date
    as_of: datetime
    rows: list[StatementRow]
    digest: str = strawberry.field(description="内容的 SHA-256 / Of the content")
    signature: str | None = strawberry.field(
        description="对“编号、换行、摘要”的 Ed25519 签名(Base64) / Of number, newline, digest"
    )
    issued_at: datetime
    statement: strawberry.Private[statements.Statement]
    policy_target: strawberry.Private[Target]

    @strawberry.field(description="PDF,按党政机关公文格式 / As a PDF in the layout of official documents")
    async def file(self, info: Info) -> BulletinFile:
        content = await info.context.files.place().make(statement_pdf, self.statement, info.context.resource(Fonts))
        made = File(f"{self.number}.pdf", "application/pdf", content)
        return BulletinFile(file_name=made.name, media_type=made.media_type, content_base64=made.base64())

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["Statement | None"]:
        found = [await info.context.loaders.find(loaders.statements, key["id"]) for key in keys]
        return [make_statement(one, info.context.lang) if one else None for one in found]


@strawberry.type(description="评价证明核验结果 / Whether a statement in hand is what was issued")
class StatementCheck:
    number: str
    kind: StatementKind
    year: int
    up_to: date
    issued_at: datetime
    digest: str
    digest_matches: bool | None = strawberry.field(
        description="所给摘要是否相符;未给时为空 / Whether the digest given is that of the statement; none if none was"
    )
    signature: str | None
    signature_valid: bool | None
    public_key: str | None = strawberry.field(
        description="核验该签名的公钥(PEM);更换密钥后仍为当时的公钥 / "
        "PEM, to check the signature without asking: of the key that made it, though another one signs now"
    )
    rows: list[StatementRow]


async def check_statement(info: Info, number: str, digest: str | None) -> StatementCheck | None:
    """None for a number under which nothing was issued. Raises InvalidInput for a mistyped one."""
    found = await by_number(info.context.database, NUMBERS.check(number, "number"))
    if found is None:
        return None
    signer: Signer = info.context.resource(Signer)
    text = signed_text(found.number, found.digest)
    key = signer.verified_by(text, found.signature) if found.signature else None
    return StatementCheck(
        number=found.number,
        kind=found.kind,
        year=found.year,
        up_to=found.content.up_to,
        issued_at=found.issued_at,
        digest=found.digest,
        digest_matches=None if digest is None else digest.strip().lower() == found.digest,
        signature=found.signature,
        signature_valid=key is not None if found.signature else None,
        public_key=key or signer.public_key,
        rows=_rows(found, info.context.lang),
    )


def target_of(statement: statements.Statement) -> Target:
    member = statement.subject if statement.kind is StatementKind.PERSON else None
    return Target(member=member, unit=statement.unit, division=statement.division)


def make_statement(statement: statements.Statement, lang: Language) -> Statement:
    return Statement(
        id=ID(statement.id),
        number=statement.number,
        kind=statement.kind,
        subject=ID(statement.subject),
        unit_id=ID(statement.unit),
        year=statement.year,
        up_to=statement.content.up_to,
        as_of=statement.content.as_of,
        rows=_rows(statement, lang),
        digest=statement.digest,
        signature=statement.signature,
        issued_at=statement.issued_at,
        statement=statement,
        policy_target=target_of(statement),
    )


async def home_target(context: Context, kind: StatementKind, subject: str) -> Target | None:
    """To whom a statement would be returned; None for whom nothing is known."""
    load = loaders.roster_lines if kind is StatementKind.PERSON else loaders.unit_facts
    home = await context.loaders.find(load, subject)
    if home is None:
        return None
    member = subject if kind is StatementKind.PERSON else None
    return Target(member=member, unit=home.unit, division=home.division)


def _rows(statement: statements.Statement, lang: Language) -> list[StatementRow]:
    return [
        StatementRow(
            name=row.name.in_(lang),
            unit=row.unit.in_(lang),
            rule=row.rule.in_(lang),
            value=row.value,
            numerator=row.numerator,
            denominator=row.denominator,
        )
        for row in statement.content.rows
    ]
