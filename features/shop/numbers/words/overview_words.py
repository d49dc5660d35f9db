"""The numbers of the overview in words."""

from __future__ import annotations

from collections.abc import Mapping

from features.shop.numbers.words.definition import Definition, Unit, said

OVERVIEW: Mapping[str, Definition] = {
    "members": said(
        *(Unit.PEOPLE, "Members", "会员数"),
        "People with a customer id who had joined by the end of the period; visitors known by a browser alone are not "
        "members. Who has no sign-up date joined with the first event.",
        "截至期末已加入、有客户编号的人数；只有浏览器标识的访客不算会员。没有注册日期的，以首次行为当天为加入日。",
    ),
    "new_members": said(
        *(Unit.PEOPLE, "New members", "新增会员"),
        "Members who joined within the period.",
        "在本期内加入的会员数。",
    ),
    "active_people": said(
        *(Unit.PEOPLE, "Active people", "活跃人数"),
        "Different people, members or not, who did anything in the period; sending something back does not count.",
        "本期内有任何行为的人数（会员与访客，去重）；仅退货不算。",
    ),
    "visitors": said(
        *(Unit.PEOPLE, "Visitors", "访客数"),
        "Active people who had not ordered by the end of the period: browsers without an account, and members who have "
        "never bought.",
        "本期活跃、且截至期末从未下单的人数：包括没有账号的访客和从未购买的会员。",
    ),
    "views": said(
        Unit.TIMES, "Views", "浏览次数", "Times that an item was looked at in the period.", "本期内商品被浏览的次数。"
    ),
    "carts": said(
        *(Unit.TIMES, "Carts", "加购次数"),
        "Times that an item was put into a cart in the period.",
        "本期内商品被加入购物车的次数。",
    ),
    "favourites": said(
        *(Unit.TIMES, "Favourites", "收藏次数"),
        "Times that an item was favourited in the period.",
        "本期内商品被收藏的次数。",
    ),
    "orders": said(
        *(Unit.ORDERS, "Orders", "订单数"),
        "Orders whose first line falls into the period. Lines of a customer with one order id are one order; without "
        "ids, a customer's purchases of one day are one order.",
        "首行发生在本期内的订单数。同一客户同一订单号的各行算一单；没有订单号时，同一客户同一天的购买算一单。",
    ),
    "buyers": said(
        Unit.PEOPLE,
        "Buyers",
        "购买人数",
        "Different people with an order in the period.",
        "本期内下过单的人数（去重）。",
    ),
    "new_buyers": said(
        *(Unit.PEOPLE, "New buyers", "新客数"),
        "Buyers whose first order of all falls into the period.",
        "首单发生在本期内的购买人数。",
    ),
    "returning_buyers": said(
        *(Unit.PEOPLE, "Returning buyers", "老客数"),
        "Buyers of the period who had ordered before it.",
        "在本期购买、且在本期之前已下过单的人数。",
    ),
    "gross_revenue": said(
        *(Unit.MONEY, "Order value", "订单金额"),
        "Pieces times price over the orders of the period, returns not subtracted. Where no price was told it is the "
        "item's list price.",
        "本期订单的件数乘单价之和，未扣退货；没有成交价时按商品标价。",
    ),
    "returned_value": said(
        *(Unit.MONEY, "Returned", "退货金额"),
        "What was sent back in the period, whenever it was bought.",
        "本期内退回的金额，不论何时购买。",
    ),
    "net_revenue": said(
        *(Unit.MONEY, "Net revenue", "净销售额"),
        "Purchases of the period minus the returns made in it.",
        "本期购买金额减去本期退货金额。",
    ),
    "average_order_value": said(
        *(Unit.MONEY, "Average order value", "笔单价（每单均价）"),
        "Order value divided by orders; returns are not subtracted.",
        "订单金额除以订单数，未扣退货。",
    ),
}
