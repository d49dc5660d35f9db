"""What people read of uplift, in English and Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from features.estimate import Estimate

Sentence = Mapping[str, str]
"""The same in English (``en``) and in Simplified Chinese (``zh``)."""

NEVER_TRAINED: Sentence = {
    "en": "no uplift model was trained with this version",
    "zh": "此版本未训练增益模型",
}

LEARNER_NAMES: Mapping[str, tuple[str, str]] = {
    "interaction": ("interaction regression", "交互项回归"),
    "s_trees": ("S-learner on trees", "S-learner（树模型）"),
    "t_trees": ("T-learner on trees", "T-learner（树模型）"),
    "x_trees": ("X-learner on trees", "X-learner（树模型）"),
    "dr_line": ("doubly robust regression", "双重稳健回归"),
    "dr_trees": ("doubly robust trees", "双重稳健（树模型）"),
}
"""What people call the learners."""

METHOD_NAMES: Mapping[str, tuple[str, str]] = {
    "model": ("uplift model", "增益模型"),
    "random": ("drawn by lot", "随机抽取"),
    "risk": ("least likely to order if left alone", "不触达时最不可能下单"),
    "response": ("most likely to order when written to", "触达后最可能下单"),
    "rfm": ("RFM rule", "RFM 规则"),
}
"""What people call the model and its baselines."""


def too_few_campaigns(enough: int, needed: int, too_small: int, people: int, orders: int) -> Sentence:
    """Fewer randomised campaigns than are needed."""
    more, also = "", ""
    if too_small:
        more = f"; {_counted(too_small, 'campaign was', 'campaigns were')} too small"
        also = f"；另有{too_small:,}个活动规模不足"
    return {
        "en": f"{_counted(enough, 'campaign', 'campaigns')} with a control group and a complete horizon so far, and it "
        f"takes {needed:,} with at least {people:,} people in each arm and {orders:,} who ordered{more}",
        "zh": f"目前有{enough:,}个设对照组且观察期已满的活动，至少需要{needed:,}个"
        f"（每组至少{people:,}人、至少{orders:,}人下单）{also}",
    }


def too_little_before(campaign: str) -> Sentence:
    """Nothing is left to learn from when the newest campaign is held out."""
    return {
        "en": f"without the newest campaign ({campaign}) too few people are left to learn from",
        "zh": f"除最新活动（{campaign}）外，可供学习的人数不足",
    }


def gate_sentence(passed: bool, campaign: str, people: int, qini: Estimate) -> Sentence:
    """What the newest campaign says of a model that has not seen it."""
    value, low, high = ("unknown" if each is None else f"{each:+.4f}" for each in (qini.value, qini.low, qini.high))
    figures = f"{value} ({low} ... {high})"
    if passed:
        return {
            "en": f"on {people:,} people of campaign {campaign}, which it had not seen, its Qini is {figures}, above "
            "zero",
            "zh": f"在未参与训练的活动{campaign}的{people:,}人上，Qini 为{figures}，高于零",
        }
    return {
        "en": f"on {people:,} people of campaign {campaign}, which it had not seen, its Qini is {figures}: not surely "
        "better than drawing by lot",
        "zh": f"在未参与训练的活动{campaign}的{people:,}人上，Qini 为{figures}：不能确定优于随机抽取",
    }


def served_sentence(serves: bool, why: Sentence) -> Sentence:
    """Whether there is a model, and why."""
    if serves:
        return {"en": f"there is an uplift model: {why['en']}", "zh": f"已有增益模型：{why['zh']}"}
    return {"en": f"there is no uplift model: {why['en']}", "zh": f"尚无增益模型：{why['zh']}"}


def learner_name(name: str, language: str) -> str:
    """What people call a learner."""
    return LEARNER_NAMES[name][language == "zh"]


def method_name(name: str, language: str) -> str:
    """What people call the model or a baseline."""
    return METHOD_NAMES[name][language == "zh"]


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"
