"""Issues of the bulletin, as they are drafted, frozen and published."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry
from servicekit.documents.fonts import Fonts
from servicekit.domain import NotPermitted
from servicekit.domain.refusals import Language
from servicekit.graphql import Context, Info
from strawberry import ID

from evaluation.api import loaders
from evaluation.api.scopes import target_of
from evaluation.domain import issues
from evaluation.domain.indicators import IndicatorId
from evaluation.domain.issues import IssueStatus
from evaluation.domain.periods import PeriodKind
from evaluation.exports.files import FileFormat, export

UNPUBLISHED = "Query.bulletinDrafts"

strawberry.enum(IssueStatus, name="BulletinStatus", description="通报状态 / Where an issue of the bulletin stands")
strawberry.enum(PeriodKind, description="期间 / Calendar month, quarter or year")
strawberry.enum(FileFormat, name="BulletinFormat", description="通报文件格式 / Formats of a bulletin's file")


@strawberry.type(description="通报所载一项数据及口径 / One figure, as it stood when the issue was frozen")
class IssueRow:
    figure: IndicatorId
    name: str
    unit: str
    rule: str
    value: Decimal | None
    numerator: int
    denominator: int | None
    in_period: int | None = strawberry.field(
        description="其中按日期属于本期的;仅按日期统计的指标有此数 / Of these by date within the period"
    )


@strawberry.type(description="下一级区划的比较;仅比较组织 / A division of the next level; organisations only")
class IssueComparison:
    division: ID
    name: str
    registration_rate: Decimal | None
    service_rate: Decimal | None
    person_visits: Decimal | None


@strawberry.type(description="对以往通报的更正 / What an earlier issue said of its period, and what is counted now")
class IssueCorrection:
    number: str
    starts_on: date
    ends_on: date
    figure: IndicatorId
    name: str
    published: int
    corrected: int


@strawberry.type(description="通报所载或现在统计的数值 / A value as it was said, or as it is counted now")
class MeasuredValue:
    value: Decimal | None
    numerator: int
    denominator: int | None


@strawberry.type(
    description="对以往通报所载比率或区划数的更正 / A rate, or a number of places, that an earlier issue said otherwise"
)
class IssueRevision:
    number: str
    starts_on: date
    ends_on: date
    figure: IndicatorId
    name: str
    unit: str
    published: MeasuredValue
    revised: MeasuredValue


@strawberry.type(description="通报文件 / A bulletin as a file")
class BulletinFile:
    file_name: str
    media_type: str
    content_base64: str


@strawberry.federation.type(
    keys=["id"],
    description="一期通报:起草、定稿、发布;定稿后内容永不改变,不点名 / "
    "An issue of the bulletin; what is frozen never changes, and nobody is named",
)
class BulletinIssue:
    id: ID
    division: ID = strawberry.field(
        description="所在区划;条线的统计范围 / Where it is; for a line, within which its units are taken"
    )
    unit_id: ID | None
    line: str | None
    division_name: str = strawberry.field(description="区划、单位或条线的名称 / Of the division, the unit or the line")
    starts_on: date
    ends_on: date
    kind: PeriodKind
    status: IssueStatus
    number: str | None = strawberry.field(description="发布编号,如 2017-3 / Its number once published")
    digest: str | None = strawberry.field(description="内容的 SHA-256 / Of the frozen content")
    as_of: datetime | None
    frozen_at: datetime | None
    published_at: datetime | None
    rows: list[IssueRow] = strawberry.field(description="草稿尚无数据 / A draft has none yet")
    comparisons: list[IssueComparison]
    corrections: list[IssueCorrection]
    revisions: list[IssueRevision]
    appeals: list[ID] = strawberry.field(
        description="上期以来已更正的准予申诉 / Granted appeals by which facts were corrected since the last issue"
    )
    issue: strawberry.Private[issues.BulletinIssue]

    @strawberry.field(
        description="Markdown、HTML、XLSX 或 PDF(按党政机关公文格式);草稿无文件 / "
        "As a file; a PDF has the layout of official documents. A draft has none"
    )
    async def file(self, info: Info, format: FileFormat) -> BulletinFile | None:
        if self.issue.content is None:
            return None
        made = await info.context.files.place().make(export, self.issue, format, info.context.resource(Fonts))
        return BulletinFile(file_name=made.name, media_type=made.media_type, content_base64=made.base64())

    @classmethod
    async def resolve_references(cls, info: Info, keys: list[dict[str, Any]]) -> list["BulletinIssue | None"]:
        return [await find_issue(info.context, key["id"]) for key in keys]


async def find_issue(context: Context, id: str) -> BulletinIssue | None:
    """Raises NotPermitted for one that isn't published and is another's."""
    issue = await context.loaders.find(loaders.issues, id)
    if issue is None:
        return None
    if issue.status is not IssueStatus.PUBLISHED and not context.permits(UNPUBLISHED, target_of(issue.about)):
        raise NotPermitted(permission=UNPUBLISHED)
    return make_issue(issue, context.lang)


def make_issue(issue: issues.BulletinIssue, lang: Language) -> BulletinIssue:
    content = issue.content
    return BulletinIssue(
        id=ID(issue.id),
        division=ID(issue.division),
        unit_id=ID(issue.unit) if issue.unit else None,
        line=issue.line,
        division_name=issue.division_name,
        starts_on=issue.starts_on,
        ends_on=issue.ends_on,
        kind=issue.period.kind,
        status=issue.status,
        number=issue.number,
        digest=issue.digest,
        as_of=content.as_of if content else None,
        frozen_at=issue.frozen_at,
        published_at=issue.published_at,
        rows=[_row(row, lang) for row in content.rows] if content else [],
        comparisons=[_comparison(one) for one in content.compared] if content else [],
        corrections=[_correction(one, lang) for one in content.corrections] if content else [],
        revisions=[_revision(one, lang) for one in content.revisions or []] if content else [],
        appeals=[ID(id) for id in content.appeals or []] if content else [],
        issue=issue,
    )


def _row(row: issues.Row, lang: Language) -> IssueRow:
    return IssueRow(
        figure=row.figure,
        name=row.name.in_(lang),
        unit=row.unit.in_(lang),
        rule=row.rule.in_(lang),
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        in_period=row.in_period,
    )


def _comparison(compared: issues.Compared) -> IssueComparison:
    return IssueComparison(division=ID(compared.division), name=compared.name, **compared.values)


def _correction(correction: issues.Correction, lang: Language) -> IssueCorrection:
    return IssueCorrection(
        number=correction.number,
        starts_on=correction.period.starts_on,
        ends_on=correction.period.ends_on,
        figure=correction.figure,
        name=correction.name.in_(lang),
        published=correction.published,
        corrected=correction.corrected,
    )


def _revision(revision: issues.Revision, lang: Language) -> IssueRevision:
    return IssueRevision(
        number=revision.number,
        starts_on=revision.period.starts_on,
        ends_on=revision.period.ends_on,
        figure=revision.figure,
        name=revision.name.in_(lang),
        unit=revision.unit.in_(lang),
        published=MeasuredValue(**dict(revision.published)),
        revised=MeasuredValue(**dict(revision.revised)),
    )
