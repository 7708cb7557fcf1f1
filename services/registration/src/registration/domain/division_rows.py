"""The columns of the official table of divisions."""

from registration.domain.tables import Column

CODE, NAME, VALID_FROM, VALID_UNTIL = "code", "name", "valid_from", "valid_until"
COLUMNS = (
    Column(CODE, ("代码", "区划代码", "行政区划代码", "统计用区划代码", "code"), required=True),
    Column(NAME, ("名称", "区划名称", "行政区划名称", "单位名称", "name"), required=True),
    Column(VALID_FROM, ("生效日期", "启用日期", "validfrom")),
    Column(VALID_UNTIL, ("失效日期", "撤销日期", "validuntil")),
)
