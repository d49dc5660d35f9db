"""The names that shops give to columns, and which of ours each one means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from features.events.column_maps import COLUMN_MAPS, ColumnMap

USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "event_id": ("event_id", "event_uuid", "message_id", "事件ID", "事件编号"),
    "customer_id": (
        *("customer_id", "customer", "user_id", "user", "uid", "member_id", "member", "buyer_id", "buyer"),
        *("client_id", "account_id", "customer_no", "customer_number", "user_name", "buyer_nick", "cust_id"),
        *("用户ID", "用户", "用户编号", "会员ID", "会员", "会员编号", "会员号", "买家ID", "买家", "买家昵称"),
        *("客户ID", "客户", "客户编号", "顾客ID", "顾客编号", "买家会员名"),
    ),
    "visitor_id": (
        *("visitor_id", "visitor", "anonymous_id", "device_id", "cookie_id", "user_pseudo_id"),
        *("访客ID", "访客", "设备ID"),
    ),
    "item_id": (
        *(
            "item_id",
            "item",
            "sku",
            "sku_id",
            "product_id",
            "product",
            "goods_id",
            "spu_id",
            "stock_code",
            "article",
        ),
        *(
            "article_id",
            "asin",
            "num_iid",
            "商品ID",
            "商品编号",
            "商品编码",
            "货号",
            "宝贝ID",
            "产品ID",
            "产品编号",
        ),
        *("商品", "商品sku"),
    ),
    "kind": (
        *(
            "kind",
            "event_type",
            "event_name",
            "event",
            "behavior",
            "behaviour",
            "behavior_type",
            "behaviour_type",
        ),
        *(
            "action",
            "action_type",
            "type",
            "行为",
            "行为类型",
            "用户行为",
            "事件",
            "事件类型",
            "操作",
            "动作",
        ),
    ),
    "occurred_at": (
        *(
            "occurred_at",
            "occurred",
            "event_time",
            "event_timestamp",
            "timestamp",
            "time_stamp",
            "ts",
            "datetime",
        ),
        *(
            "time",
            "date",
            "created_at",
            "event_date",
            "order_date",
            "order_time",
            "purchase_date",
            "purchased_at",
        ),
        *(
            "invoice_date",
            "pay_time",
            "paid_at",
            "action_time",
            "behavior_time",
            "behaviour_time",
            "时间",
            "日期",
        ),
        *(
            "时间戳",
            "发生时间",
            "行为时间",
            "操作时间",
            "下单时间",
            "付款时间",
            "支付时间",
            "购买时间",
            "订单付款时间",
        ),
        *("订单创建时间", "创建时间"),
    ),
    "known_at": ("known_at", "received_at", "ingested_at", "recorded_at", "记录时间", "入库时间"),
    "quantity": (
        "quantity",
        "qty",
        "num",
        "amount_of_items",
        "pieces",
        "units",
        "数量",
        "件数",
        "购买数量",
        "商品数量",
    ),
    "unit_price": (
        *("unit_price", "price_per_unit", "item_price", "sale_price", "price"),
        *("单价", "商品单价", "成交价", "成交单价", "价格", "商品价格"),
    ),
    "order_id": (
        *("order_id", "order", "order_no", "order_number", "invoice_no", "invoice", "transaction_id", "tid"),
        *("订单号", "订单ID", "订单编号", "交易号"),
    ),
    "session_id": ("session_id", "session", "user_session", "visit_id", "ga_session_id", "会话ID", "会话"),
    "channel": ("channel", "渠道", "来源渠道"),
    "recommendation_id": ("recommendation_id", "推荐ID"),
    "title": (
        *(
            "title",
            "item_title",
            "item_name",
            "product_name",
            "product_title",
            "goods_name",
            "name",
            "description",
        ),
        *("商品名称", "商品标题", "宝贝标题", "标题", "名称", "品名"),
    ),
    "category": (
        *(
            "category",
            "category_name",
            "category_code",
            "category_id",
            "cat_id",
            "item_category",
            "cate_id",
            "cid",
        ),
        *("类目", "品类", "分类", "类别", "商品类目", "商品分类", "类目ID", "商品类目ID"),
    ),
    "brand": ("brand", "brand_name", "brand_id", "item_brand", "品牌", "品牌ID"),
    "price": ("price", "list_price", "item_price", "retail_price", "价格", "商品价格", "吊牌价", "标价"),
    "in_stock": ("in_stock", "available", "available_for_sale", "是否有货", "有货"),
    "added_at": ("added_at", "created_at", "listed_at", "first_seen_at", "上架时间"),
    "unit_cost": ("unit_cost", "cost_price", "cost_per_item", "cogs", "成本价", "进货价", "成本"),
    "joined_at": (
        "joined_at",
        "registered_at",
        "signup_date",
        "signed_up_at",
        "created_at",
        "注册时间",
        "注册日期",
    ),
    "contactable": (
        "contactable",
        "marketing_consent",
        "subscribed",
        "accepts_marketing",
        "opt_in",
        "可联系",
    ),
    "personalized": ("personalized", "personalised", "personalization_consent", "个性化"),
    # Not is_staff and the like: a false for everybody would keep everybody from being set aside.
    "internal": ("internal", "is_internal", "internal_account", "内部账户", "内部账号"),
    "consent_email": (
        "consent_email",
        "email_consent",
        "email_opt_in",
        "accepts_email_marketing",
        "邮件同意",
        "邮件授权",
    ),
    "consent_sms": ("consent_sms", "sms_consent", "sms_opt_in", "accepts_sms_marketing", "短信同意", "短信授权"),
    "consent_app": ("consent_app", "app_consent", "push_opt_in", "push_consent", "推送同意", "推送授权"),
    "consent_wechat": ("consent_wechat", "wechat_consent", "wechat_opt_in", "微信同意", "微信授权"),
    "consent_phone": ("consent_phone", "phone_consent", "phone_opt_in", "电话同意", "电话授权"),
    "consent_post": ("consent_post", "post_consent", "post_opt_in", "邮寄同意", "邮寄授权"),
    "birthday": ("birthday", "birth_date", "date_of_birth", "birthdate", "dob", "生日", "出生日期", "会员生日"),
    "contact_id": ("contact_id", "message_id", "send_id", "delivery_id", "触达ID", "触达编号"),
    "contacted_at": (
        *("contacted_at", "sent_at", "contact_time", "send_time", "sent_time", "delivered_at", "time", "date"),
        *("触达时间", "发送时间", "联系时间", "时间", "日期"),
    ),
    "campaign_id": ("campaign_id", "campaign", "campaign_name", "活动ID", "活动编号", "活动", "计划ID"),
    "arm": ("arm", "group", "test_group", "variant", "分组", "实验分组"),
}
"""Our field -> usual names for it, the clearest first. Case, blanks and punctuation do not matter."""

_NOT_LETTERS = re.compile(r"[\W_]+")
_TAOBAO_LINE = (None, None, None, re.compile("pv|buy|cart|fav"), re.compile(r"\d{9,10}"))


def plain_name(name: str) -> str:
    """A column's name without case, blanks and punctuation."""
    return _NOT_LETTERS.sub("", name).casefold()


def guess(field: str, names: Iterable[str]) -> str | None:
    """The column that a usual name for ``field`` says it is; None when there is none."""
    by_plain_name: dict[str, str] = {}
    for name in names:
        by_plain_name.setdefault(plain_name(name), name)
    found = (by_plain_name.get(plain_name(usual)) for usual in USUAL_NAMES.get(field, ()))
    return next((name for name in found if name is not None), None)


def recognised(names: Sequence[str], headed: bool, sample: Sequence[str | None]) -> ColumnMap | None:
    """The ready-made map that a file of these columns and this first row follows; None when there is none."""
    if not headed:
        return COLUMN_MAPS["taobao"] if _is_taobao(sample) else None
    here = set(names)
    return next((each for each in COLUMN_MAPS.values() if any(some <= here for some in each.signatures)), None)


def _is_taobao(sample: Sequence[str | None]) -> bool:
    """Whether a row without column names is one of Taobao's UserBehavior.csv."""
    if len(sample) != len(_TAOBAO_LINE):
        return False
    return all(
        pattern is None or pattern.fullmatch(value or "") for pattern, value in zip(_TAOBAO_LINE, sample, strict=True)
    )
