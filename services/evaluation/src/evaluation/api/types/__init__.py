"""The types of this subgraph, and the fields that it adds to the others' entities."""

import strawberry

from evaluation.domain.indicators import IndicatorId

# Before any type mentions it, else it would be made twice.
strawberry.enum(IndicatorId, description="指标 / What is measured")
