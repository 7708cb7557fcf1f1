"""Indicators beside those of the bulletin: rates of what was asked for or planned, coverage, hours, vanguards."""

from evaluation.domain.indicators import Indicator, IndicatorId, Measure, Residual, Text
from evaluation.domain.vanguards import VANGUARDS

PERCENT = Text("%", "%")
TIMES = Text("人次", "person-times")


def _done(id: IndicatorId, name: Text, rule: Text, numerator: str, denominator: str, residual: Residual) -> Indicator:
    return Indicator(id, name, rule, PERCENT, Measure(numerator), Measure(denominator), residual=residual)


def _coverage(id: IndicatorId, name: Text, rule: Text, counter: str) -> Indicator:
    """The part of the communities that have at least one."""
    covered, all_of_them = Measure(counter, places=True, among="divisions"), Measure("divisions", places=True)
    return Indicator(id, name, rule, PERCENT, covered, all_of_them, residual=Residual.NOT_COVERED)


def _vanguard(word: str, name: Text) -> Indicator:
    rule = Text(
        f"经确认的服务记实中类别为“{name.zh}”者,按服务日期;按服务所在社区统计;截至所示日期。",
        f"Confirmed service records of the vanguard {word}, by the date served; placed by the community served; as of "
        "the date shown.",
    )
    id = IndicatorId(f"{word.lower()}_services")
    return Indicator(id, Text(f"先锋服务:{name.zh}", f"Vanguard: {name.en}"), rule, TIMES, Measure(word.lower()))


_RATES = (
    _done(
        IndicatorId.wish_fulfilment,
        Text("微心愿认领率", "Wish fulfilment"),
        Text(
            "有已审核通过且未退出认领的微心愿 ÷ 已发布(含已关闭)的微心愿;截至所示日期。分母为零时无数值。",
            "Wishes with an approved claim that was not withdrawn / wishes published, those closed since included; as "
            "of the date shown. No value when there are no wishes.",
        ),
        "wish_claims",
        "wishes",
        Residual.NOT_CLAIMED,
    ),
    _done(
        IndicatorId.pairing_coverage,
        Text("结对覆盖率", "Pairing coverage"),
        Text(
            "进行中或已完成的结对 ÷ 已发布(含已关闭)的结对帮扶需求;截至所示日期。分母为零时无数值。",
            "Pairings that are active or were completed / needs for pairing published, those closed since included; as "
            "of the date shown. No value when there are no needs.",
        ),
        "pairs",
        "pairings",
        Residual.NOT_CLAIMED,
    ),
    _done(
        IndicatorId.projects_done,
        Text("项目完成率", "Projects done"),
        Text(
            "已完成的共建项目 ÷ 已启动(含已完成)的共建项目;截至所示日期。分母为零时无数值。",
            "Projects completed / projects started, those completed included; as of the date shown. No value when none "
            "was started.",
        ),
        "projects_completed",
        "projects_started",
        Residual.NOT_COUNTED,
    ),
    _coverage(
        IndicatorId.agreement_coverage,
        Text("共建协议覆盖率", "Agreement coverage"),
        Text(
            "至少有一份有效共建协议的社区 ÷ 区划表中有效的全部社区;截至所示日期。分母为零时无数值。",
            "Communities with at least one agreement in force / all communities whose code is valid; as of the date "
            "shown. No value where there are no communities.",
        ),
        "agreements",
    ),
    _coverage(
        IndicatorId.leader_coverage,
        Text("领导挂钩覆盖率", "Leader coverage"),
        Text(
            "至少有一名领导挂钩的社区 ÷ 区划表中有效的全部社区;截至所示日期。分母为零时无数值。",
            "Communities with at least one leader's link in force / all communities whose code is valid; as of the "
            "date shown. No value where there are no communities.",
        ),
        "leader_links",
    ),
    _coverage(
        IndicatorId.branch_coverage,
        Text("网格临时党支部覆盖率", "Branch coverage"),
        Text(
            "至少建立一个网格临时党支部的社区 ÷ 区划表中有效的全部社区;截至所示日期。分母为零时无数值。",
            "Communities with at least one grid branch / all communities whose code is valid; as of the date shown. No "
            "value where there are no communities.",
        ),
        "grids",
    ),
    _done(
        IndicatorId.confirmed_in_time,
        Text("服务确认及时率", "Confirmed in time"),
        Text(
            "经确认的服务记实中,自服务之日起 7 日内确认者 ÷ 经确认且确认日期已知的服务记实;按确认日期;"
            "按服务所在社区统计;截至所示日期。分母为零时无数值。",
            "Of the confirmed service records whose day of confirmation is known those confirmed within 7 days of the "
            "service / all of these. By the date confirmed; placed by the community served; as of the date shown. No "
            "value when none was confirmed.",
        ),
        "timely_confirmations",
        "confirmations",
        Residual.NOT_COUNTED,
    ),
)

_HOURS = Indicator(
    IndicatorId.service_hours,
    Text("服务时长", "Service hours"),
    Text(
        "经确认的服务记实的时长之和(不含路途),按服务日期;按服务所在社区统计;分子以百分之一小时计;截至所示日期。",
        "Hours of the confirmed service records (travel excluded), by the date served; placed by the community served; "
        "the numerator is in hundredths of an hour; as of the date shown.",
    ),
    Text("小时", "hours"),
    Measure("hours"),
    parts=100,
)

FURTHER = (*_RATES, _HOURS, *(_vanguard(word, name) for word, name in VANGUARDS.items()))
