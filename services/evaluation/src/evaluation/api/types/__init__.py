"""The types of this subgraph, and the fields that it adds to the others' entities."""

import strawberry

from evaluation.domain.facts import Kind
from evaluation.domain.indicators import IndicatorId

# Before any type mentions them, else they would be made twice.
strawberry.enum(IndicatorId, description="指标 / What is measured")
strawberry.enum(Kind, name="FactKind", description="事实类别 / What kind of thing is counted")
