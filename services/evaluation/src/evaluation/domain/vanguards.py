"""The five vanguards, in words."""

from evaluation.domain.indicators import Text

VANGUARDS = {
    "MODEL_RESIDENT": Text("模范居民", "model resident"),
    "OPINION_GATHERING": Text("民情收集", "opinion gathering"),
    "POLICY_OUTREACH": Text("政策宣传", "policy outreach"),
    "MEDIATION": Text("矛盾调解", "mediation"),
    "VOLUNTEERING": Text("志愿服务", "volunteering"),
}
