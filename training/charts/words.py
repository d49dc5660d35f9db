"""The words on charts, in English and Simplified Chinese; the English text is the key."""

from __future__ import annotations

from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "95 % interval": "95% 区间",
    "Clicks by {by}": "点击率（按{by}）",
    "Clusters of customers": "顾客群体",
    "Chance of leaving": "流失概率分布",
    "Drivers": "影响因素",
    "Drift of features": "特征漂移",
    "Expected and what came": "预期与实际",
    "Expected profit by list size": "不同名单规模的预期利润",
    "Gain": "累计捕获率",
    "How soon an order is followed by another": "下单后多久再次下单",
    "Lift by tenth": "十分位提升度",
    "Loss of ndcg@10 without the source": "去掉该来源后 ndcg@10 的损失",
    "Recall@{k}": "Recall@{k}",
    "What a message changes (Qini)": "触达带来的变化（Qini）",
    "What sets each apart": "各群体的特点",
    "Reliability": "概率校准",
    "Ordered by each day": "逐日累计下单率",
    "What it brought": "活动效果",
    "absolute lift of conversion": "下单率绝对提升",
    "as good as chance": "与随机相当",
    "best size": "最优规模",
    "broken line: expected without it": "虚线：若无此活动的预计",
    "by chance at most": "随机波动上限",
    "came": "实际",
    "clicked items by items shown": "点击商品数 / 展示商品数",
    "control group": "对照组",
    "customers": "顾客数",
    "customers on the list": "名单人数",
    "cutoff": "截止日",
    "day": "日期",
    "day of the campaign": "活动第几天",
    "days since an order": "距一次下单的天数",
    "everybody": "全部",
    "expected": "预期",
    "expected profit ({currency})": "预期利润（{currency}）",
    "expected without it": "若无此活动的预计",
    "feature": "特征",
    "followed by another order": "再次下单的比例",
    "had ordered by then": "累计下单率",
    "left": "流失",
    "mean weight (log-odds)": "平均影响（对数几率）",
    "merchant's list": "商家名单",
    "method": "方法",
    "model's list": "模型名单",
    "moved": "有变化",
    "net spend of a customer ({currency})": "人均净消费（{currency}）",
    "ordered": "下单",
    "orders of a customer": "人均订单数",
    "orders more per head of all people": "人均增量下单（按全部人数）",
    "orders observed so long": "观察满此天数的订单数",
    "population stability index": "群体稳定性指数（PSI）",
    "predicted chance of leaving": "预测的流失概率",
    "predicted share": "预测比例",
    "reading": "判断",
    "recommended horizon: {days} d": "推荐预测期：{days}天",
    "difference from all others, in usual deviations": "与其他顾客的差异（标准差）",
    "share of all weights": "占全部影响的比例",
    "share of the customers on the list": "名单占顾客的比例",
    "share of the customers, highest risk first": "顾客比例（风险从高到低）",
    "share of net spend": "净消费占比",
    "share of the customers": "顾客占比",
    "share of the orders": "订单占比",
    "share of the people written to, highest uplift first": "触达人数占比（增益从高到低）",
    "share of those who left": "捕获的流失顾客比例",
    "share seen": "实际比例",
    "shifted": "明显漂移",
    "shown items": "展示商品数",
    "stable": "稳定",
    "tenth of the people, highest chance first": "人群十分位（概率从高到低）",
    "tenth of the people, most expected first": "人群十分位（预期从高到低）",
    "written to": "触达组",
    "times the usual rate": "相对平均的倍数",
}
"""Chinese for every text on a chart."""

METHOD_NAMES: Mapping[str, tuple[str, str]] = {
    "model": ("what serves", "线上方案"),
    "model_by_value": ("what serves, by value at stake", "线上方案×价值"),
    "by_lot": ("drawn by lot", "随机抽取"),
    "base_rate": ("base rate", "平均流失率"),
    "hiatus": ("silence alone", "沉默时长"),
    "churn_factor": ("churn factor", "流失因子"),
    "rfm": ("RFM cells", "RFM 分组"),
    "bg_nbd": ("BG/NBD", "BG/NBD"),
    "logistic_rft": ("logistic regression", "逻辑回归"),
    "rule": ("rhythm rule", "节奏规则"),
    "one_rate": ("one rate for all", "统一比率"),
    "mbg_nbd": ("MBG/NBD", "MBG/NBD"),
    "pareto_nbd": ("Pareto/NBD", "Pareto/NBD"),
    "logistic_visits": ("logistic regression on visits", "访问逻辑回归"),
    "rate": ("one rate for all", "统一比率"),
    "own_rate": ("own rate so far", "自身历史频率"),
    "kind_mean": ("mean of their kind", "同类人群均值"),
    "own_mean_gap": ("last order plus own mean gap", "上次下单加自身平均间隔"),
    "one_date": ("one date for all", "统一日期"),
    "blend": ("trained model", "训练模型"),
    "stacked": ("trained model on the laws", "训练模型（叠加规律）"),
    "served": ("served", "线上推荐"),
    "popular": ("popular", "热门"),
    "trending": ("trending", "趋势"),
    "buy_again": ("buy again", "复购"),
    "open_cart_first": ("open cart first", "购物车优先"),
    "item_knn": ("item-to-item", "相似商品"),
    "als": ("ALS", "ALS"),
    "bm25_knn": ("item-to-item (BM25)", "相似商品（BM25）"),
}
"""What people call the methods, in English and Chinese."""

SOURCE_NAMES: Mapping[str, tuple[str, str]] = {
    "open_cart": ("open cart", "购物车"),
    "open_favorite": ("open favourites", "收藏夹"),
    "buy_again": ("buy again at its cycle", "周期复购"),
    "bought_before": ("bought before", "曾经购买"),
    "viewed": ("own interest", "自身兴趣"),
    "viewed_together": ("viewed together", "一起浏览"),
    "bought_together": ("bought together", "一起购买"),
    "viewed_then_bought": ("bought after viewing", "浏览后购买"),
    "like_minded": ("baskets alike", "相似购物篮"),
    "last_touched": ("touched last", "最近接触"),
    "next_viewed": ("viewed next", "接着浏览"),
    "next_viewed_lately": ("viewed next, lately", "近期接着浏览"),
    "next_step": ("viewed right after", "紧接着浏览"),
    "viewed_before": ("viewed before it", "之前浏览"),
    "viewed_with": ("viewed in the same visit", "同次访问浏览"),
    "two_steps": ("two steps away", "两步之遥"),
    "visit_neighbours": ("visits alike", "相似访问"),
    "visit_embedding": ("learned from visits", "访问向量"),
    "walks": ("two steps through what goes together", "关联漫步"),
    "low_rank": ("learned from what people touch", "兴趣向量"),
    "category": ("trends of the category", "类目趋势"),
    "brand": ("trends of the brand", "品牌趋势"),
    "price_band": ("trends of the price band", "价格带趋势"),
    "new_items": ("new items", "新品"),
    "rising": ("rising", "上升最快"),
    "in_demand": ("in demand now", "当前抢手"),
    "popular": ("popular", "热门"),
}
"""What people call the sources of recommendations, in English and Chinese."""

CONCEPT_NAMES: Mapping[str, tuple[str, str]] = {
    "silence": ("time since the last order", "距上次下单的时间"),
    "rhythm": ("rhythm of ordering", "下单节奏"),
    "orders": ("number of orders", "下单次数"),
    "spend": ("money spent", "消费金额"),
    "tenure": ("time as a customer", "成为顾客的时长"),
    "browsing": ("visits and views", "访问与浏览"),
    "cart": ("shopping cart", "购物车"),
    "favorites": ("favourites", "收藏"),
    "variety": ("variety of what they look at and buy", "浏览和购买的多样性"),
    "price": ("prices and discounts", "价格与折扣"),
    "returns": ("returns", "退货"),
    "hours": ("time of day and week", "时段与星期"),
}
"""What people call each concept, in English and Simplified Chinese."""


def told(text: str, language: str, **filled: object) -> str:
    """The text in ``language`` (``en`` or ``zh``), its blanks filled."""
    return (CHINESE[text] if language == "zh" else text).format(**filled)


def method_name(method: str, language: str) -> str:
    """What people call a method; one without a name is called as it is written."""
    return METHOD_NAMES.get(method, (method, method))[language == "zh"]


def source_name(source: str, language: str) -> str:
    """What people call a source of recommendations; one without a name is called as it is written."""
    return SOURCE_NAMES.get(source, (source, source))[language == "zh"]


def concept_name(concept: str, language: str) -> str:
    """What people call a concept; one without a name is called as it is written."""
    return CONCEPT_NAMES.get(concept, (concept, concept))[language == "zh"]
