"""The figures of the city: every indicator with its counting rule.

A bulletin prints BULLETIN in this order. Those that came later are not in it: an issue of before comes out as it was.
"""

from evaluation.domain.further_figures import FURTHER
from evaluation.domain.indicators import Basis, Direction, Indicator, IndicatorId, Measure, Residual, Text

PEOPLE = Text("人", "people")
PERCENT = Text("%", "%")
PLACES = Text("个", "places")
ITEMS = Text("个", "items")
TIMES = Text("人次", "person-times")
TIMES_HELD = Text("次", "times")

_BULLETIN = (
    Indicator(
        id=IndicatorId.active_roster_lines,
        name=Text("在册党员", "Active roster lines"),
        rule=Text(
            "各单位花名册中在册的党员行数;按单位所在区划统计;截至所示日期。",
            "Lines that are active on a unit's roster; placed by the division of the unit; as of the date shown.",
        ),
        unit=PEOPLE,
        numerator=Measure("roster_lines"),
        direction=Direction.NONE,
    ),
    Indicator(
        id=IndicatorId.registered_members,
        name=Text("报到党员", "Registered members"),
        rule=Text(
            "线上提交、线下签收均已完成且有效的报到数;每名党员至多一份;按报到社区统计;截至所示日期。",
            "Registrations completed through both channels and in force, at most one a member; placed by the "
            "community; as of the date shown.",
        ),
        unit=PEOPLE,
        numerator=Measure("registered"),
    ),
    Indicator(
        id=IndicatorId.registration_rate,
        name=Text("报到率", "Registration rate"),
        rule=Text(
            "在册党员中,已在任何社区完成报到者 ÷ 在册党员;分子、分母均按单位所在区划(或单位、条线)统计,"
            "故分子必为分母的一部分;截至所示日期。分母为零时无数值。",
            "Of the members on active roster lines those with a completed registration in whatever community / active "
            "roster lines. Both are placed by the unit, so whoever is in the numerator is in the denominator; as of "
            "the date shown. No value when nobody is on a roster.",
        ),
        unit=PERCENT,
        numerator=Measure("registered_lines"),
        denominator=Measure("roster_lines"),
        residual=Residual.NOT_REGISTERED,
    ),
    Indicator(
        id=IndicatorId.service_rate,
        name=Text("服务率", "Service rate"),
        rule=Text(
            "报到党员中,本年度(按服务日期)经确认的服务不少于 2 次者 ÷ 报到党员;"
            "党员在任何社区的服务均计入;分子、分母均按报到社区统计;截至所示日期。分母为零时无数值。",
            "Registered members with at least 2 confirmed services in the year (by the date served, in whatever "
            "community) / registered members. Both are placed by the community of registration; as of the date shown. "
            "No value when nobody is registered.",
        ),
        unit=PERCENT,
        numerator=Measure("served", Basis.OF_YEAR),
        denominator=Measure("registered"),
        residual=Residual.SERVED_TOO_LITTLE,
    ),
    Indicator(
        id=IndicatorId.communities,
        name=Text("社区", "Communities"),
        rule=Text(
            "至少有一份已完成报到的社区数;截至所示日期。",
            "Communities with at least one completed registration; as of the date shown.",
        ),
        unit=PLACES,
        numerator=Measure("registered", places=True),
        direction=Direction.NONE,
    ),
    Indicator(
        id=IndicatorId.grid_branches,
        name=Text("网格临时党支部", "Grid branches"),
        rule=Text("已建立的网格数;截至所示日期。", "Grids set up; as of the date shown."),
        unit=ITEMS,
        numerator=Measure("grids"),
    ),
    Indicator(
        id=IndicatorId.posts,
        name=Text("服务岗位", "Service posts"),
        rule=Text(
            "已发布的服务岗位数,含已关闭的,周期岗位计一次;截至所示日期。",
            "Posts published, those closed since included, one that recurs counted once; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("posts"),
    ),
    Indicator(
        id=IndicatorId.post_claims,
        name=Text("岗位认领", "Post claims"),
        rule=Text(
            "对服务岗位的认领中,已审核通过且未退出的;截至所示日期。",
            "Claims of posts that were approved and not withdrawn; as of the date shown.",
        ),
        unit=TIMES,
        numerator=Measure("post_claims"),
    ),
    Indicator(
        id=IndicatorId.wishes,
        name=Text("微心愿", "Wishes"),
        rule=Text(
            "已发布的微心愿数,含已关闭的;截至所示日期。",
            "Wishes published, those closed since included; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("wishes"),
    ),
    Indicator(
        id=IndicatorId.wishes_claimed,
        name=Text("已认领微心愿", "Wishes claimed"),
        rule=Text(
            "有已审核通过且未退出认领的微心愿数;每个微心愿只有一个名额,故即此类认领数;截至所示日期。",
            "Wishes with an approved claim that was not withdrawn. A wish has one place, so this is the number of such "
            "claims; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("wish_claims"),
    ),
    Indicator(
        id=IndicatorId.pairing_needs,
        name=Text("结对帮扶需求", "Pairing needs"),
        rule=Text(
            "已发布的结对帮扶需求数,含已关闭的;截至所示日期。",
            "Needs for pairing published, those closed since included; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("pairings"),
    ),
    Indicator(
        id=IndicatorId.pairs,
        name=Text("结对", "Pairs"),
        rule=Text(
            "进行中或已完成的结对数;一户同时只有一名帮扶人,更换帮扶人不重复计;截至所示日期。",
            "Pairings that are active or were completed; a need has one helper at a time, and one that was handed over "
            "counts once; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("pairs"),
    ),
    Indicator(
        id=IndicatorId.service_teams,
        name=Text("志愿服务队", "Service teams"),
        rule=Text(
            "已发布的志愿服务队数,含已关闭的;截至所示日期。",
            "Teams published, those closed since included; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("teams"),
    ),
    Indicator(
        id=IndicatorId.partner_units,
        name=Text("共建单位", "Partner units"),
        rule=Text(
            "已登记的单位数;按单位所在区划统计;截至所示日期。",
            "Units registered; placed by the division of the unit; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("units"),
        direction=Direction.NONE,
    ),
    Indicator(
        id=IndicatorId.agreements,
        name=Text("共建协议", "Agreements"),
        rule=Text(
            "有效的结对共建协议数;按协议社区统计;截至所示日期。",
            "Agreements in force; placed by the community of the agreement; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("agreements"),
    ),
    Indicator(
        id=IndicatorId.collective_activities,
        name=Text("集体活动", "Collective activities"),
        rule=Text(
            "单位依据共建协议组织且已举办的活动数;截至所示日期。",
            "Activities held by a unit under an agreement; as of the date shown.",
        ),
        unit=TIMES_HELD,
        numerator=Measure("collective_activities"),
    ),
    Indicator(
        id=IndicatorId.team_services,
        name=Text("组团服务", "Team services"),
        rule=Text(
            "已举办的组团服务活动数;截至所示日期。", "Activities of the mode TEAM that were held; as of the date shown."
        ),
        unit=TIMES_HELD,
        numerator=Measure("team_services"),
    ),
    Indicator(
        id=IndicatorId.themed_activities,
        name=Text("主题服务", "Themed activities"),
        rule=Text(
            "已举办的主题服务活动数;截至所示日期。",
            "Activities of the mode THEMED that were held; as of the date shown.",
        ),
        unit=TIMES_HELD,
        numerator=Measure("themed_activities"),
    ),
    Indicator(
        id=IndicatorId.problems,
        name=Text("民情问题", "Problems"),
        rule=Text(
            "已上报的问题数,不论状态;截至所示日期。", "Problems reported, in whatever state; as of the date shown."
        ),
        unit=ITEMS,
        numerator=Measure("problems"),
        direction=Direction.NONE,
    ),
    Indicator(
        id=IndicatorId.problems_solved,
        name=Text("已解决问题", "Problems solved"),
        rule=Text(
            "已解决(含经上报人确认)的问题数,重新提出的不计;截至所示日期。",
            "Problems resolved, confirmed by the reporter or not; one that was reopened doesn't count; as of the date "
            "shown.",
        ),
        unit=ITEMS,
        numerator=Measure("problems_solved"),
    ),
    Indicator(
        id=IndicatorId.projects_started,
        name=Text("启动共建项目", "Projects started"),
        rule=Text(
            "已启动的共建项目数,含已完成的;截至所示日期。",
            "Projects started, those completed included; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("projects_started"),
    ),
    Indicator(
        id=IndicatorId.projects_completed,
        name=Text("完成共建项目", "Projects completed"),
        rule=Text("已完成的共建项目数;截至所示日期。", "Projects completed; as of the date shown."),
        unit=ITEMS,
        numerator=Measure("projects_completed"),
    ),
    Indicator(
        id=IndicatorId.service_points,
        name=Text("服务点", "Service points"),
        rule=Text("开放的服务点数;截至所示日期。", "Service points that are open; as of the date shown."),
        unit=ITEMS,
        numerator=Measure("service_points"),
    ),
    Indicator(
        id=IndicatorId.compound_organisations,
        name=Text("小区组织", "Compound organisations"),
        rule=Text(
            "登记在册且未撤销的小区组织数;截至所示日期。",
            "Compound organisations registered and not dissolved; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("compound_organisations"),
    ),
    Indicator(
        id=IndicatorId.owners_committees,
        name=Text("红色业委会", "Red owners' committees"),
        rule=Text(
            "登记在册且未撤销的红色业委会数;截至所示日期。",
            "Red owners' committees registered and not dissolved; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("owners_committees"),
    ),
    Indicator(
        id=IndicatorId.enterprise_branches,
        name=Text("企业党支部", "Enterprise branches"),
        rule=Text(
            "登记在册且未撤销的企业党支部数;截至所示日期。",
            "Enterprise branches registered and not dissolved; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("enterprise_branches"),
    ),
    Indicator(
        id=IndicatorId.social_branches,
        name=Text("社会组织党支部", "Social-organisation branches"),
        rule=Text(
            "登记在册且未撤销的社会组织党支部数;截至所示日期。",
            "Social-organisation branches registered and not dissolved; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("social_branches"),
    ),
    Indicator(
        id=IndicatorId.guidance_groups,
        name=Text("指导组", "Guidance groups"),
        rule=Text(
            "登记在册且未撤销的指导组数;截至所示日期。",
            "Guidance groups registered and not dissolved; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("guidance_groups"),
    ),
    Indicator(
        id=IndicatorId.leader_links,
        name=Text("领导挂钩", "Leader links"),
        rule=Text(
            "有效的领导挂钩社区关系数;截至所示日期。",
            "Links of leaders with communities in force; as of the date shown.",
        ),
        unit=ITEMS,
        numerator=Measure("leader_links"),
    ),
    Indicator(
        id=IndicatorId.linked_communities,
        name=Text("领导挂钩社区", "Linked communities"),
        rule=Text(
            "至少有一名领导挂钩的社区数;截至所示日期。",
            "Communities with at least one leader's link in force; as of the date shown.",
        ),
        unit=PLACES,
        numerator=Measure("leader_links", places=True),
    ),
    Indicator(
        id=IndicatorId.bureau_officials,
        name=Text("厅级干部进小区", "Officials in compounds: bureau rank"),
        rule=Text(
            "在小区组织或业委会任职且在任的厅局级干部任职数;不含第一书记;截至所示日期。",
            "Appointments in force of officials of bureau rank to compound organisations and owners' committees; "
            "first secretaries are counted apart; as of the date shown.",
        ),
        unit=PEOPLE,
        numerator=Measure("bureau_officials"),
    ),
    Indicator(
        id=IndicatorId.division_officials,
        name=Text("处级干部进小区", "Officials in compounds: division rank"),
        rule=Text(
            "在小区组织或业委会任职且在任的县处级干部任职数;不含第一书记;截至所示日期。",
            "Appointments in force of officials of division rank to compound organisations and owners' committees; "
            "first secretaries are counted apart; as of the date shown.",
        ),
        unit=PEOPLE,
        numerator=Measure("division_officials"),
    ),
    Indicator(
        id=IndicatorId.section_officials,
        name=Text("科级干部进小区", "Officials in compounds: section rank"),
        rule=Text(
            "在小区组织或业委会任职且在任的乡科级干部任职数;不含第一书记;截至所示日期。",
            "Appointments in force of officials of section rank to compound organisations and owners' committees; "
            "first secretaries are counted apart; as of the date shown.",
        ),
        unit=PEOPLE,
        numerator=Measure("section_officials"),
    ),
    Indicator(
        id=IndicatorId.first_secretaries,
        name=Text("下派第一书记", "Seconded first secretaries"),
        rule=Text(
            "在任的第一书记任职数;截至所示日期。", "Appointments of first secretaries in force; as of the date shown."
        ),
        unit=PEOPLE,
        numerator=Measure("first_secretaries"),
    ),
    Indicator(
        id=IndicatorId.new_premises,
        name=Text("新增办公活动场所", "New premises"),
        rule=Text(
            "各社区档案所载新增场所面积之和;截至所示日期。",
            "The premises that were added, by the profiles of the communities; as of the date shown.",
        ),
        unit=Text("平方米", "m2"),
        numerator=Measure("new_premises"),
    ),
    Indicator(
        id=IndicatorId.new_funding,
        name=Text("新增年度经费", "New yearly funding"),
        rule=Text(
            "各社区档案所载新增年度经费之和;截至所示日期。",
            "The yearly funding that was added, by the profiles of the communities; as of the date shown.",
        ),
        unit=Text("元/年", "yuan a year"),
        numerator=Measure("new_funding"),
    ),
    Indicator(
        id=IndicatorId.funded_communities,
        name=Text("经费达标社区", "Communities at or above the funding floor"),
        rule=Text(
            "档案所载年度经费不低于 13 万元的社区数;截至所示日期。",
            "Communities whose profile has a yearly funding of at least 130,000 yuan; as of the date shown.",
        ),
        unit=PLACES,
        numerator=Measure("funded_communities"),
    ),
    Indicator(
        id=IndicatorId.person_visits,
        name=Text("服务人次", "Person-visits"),
        rule=Text(
            "经确认的服务记实数,按服务日期;按服务所在社区统计;截至所示日期。",
            "Confirmed service records, by the date served; placed by the community served; as of the date shown.",
        ),
        unit=TIMES,
        numerator=Measure("services"),
    ),
)

FIGURES: dict[IndicatorId, Indicator] = {figure.id: figure for figure in (*_BULLETIN, *FURTHER)}
BULLETIN = tuple(figure.id for figure in _BULLETIN)
