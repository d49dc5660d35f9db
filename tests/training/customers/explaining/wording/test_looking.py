"""Sentences about visits, carts, favourites, prices and hours: each wording, to the letter."""

from __future__ import annotations

import pytest

from tests.training.customers.explaining.wording.one_customer import Case, cases

CASES = """
browsing lowers repeat view_count_30d=2 days_since_any=12 usual_view_count_30d=9
    2 views in the last 30 days, last seen 12 days ago; regulars who order again usually have 9 views
    近30天浏览2次，上次来访在12天前；会再下单的老顾客通常浏览9次
browsing lowers visitor view_count_30d=1 days_since_any=12 usual_view_count_30d=9
    1 view in the last 30 days, last seen 12 days ago; visitors who go on to order usually have 9 views
    近30天浏览1次，上次来访在12天前；会下单的访客通常浏览9次
browsing raises one_order view_count_30d=20 days_since_any=0.2 usual_view_count_30d=9
    20 views in the last 30 days, last seen less than a day ago; one-time buyers who come back usually have 9 views
    近30天浏览20次，上次来访在不到1天前；会再来的首单顾客通常浏览9次
browsing lowers repeat view_count_30d=0 days_since_any=40 usual_view_count_30d=9
    no views in the last 30 days, last seen 40 days ago; regulars who order again usually have 9 views
    近30天没有浏览，上次来访在40天前；会再下单的老顾客通常浏览9次
browsing lowers repeat view_count_30d=0 days_since_any=40
    no views in the last 30 days, last seen 40 days ago
    近30天没有浏览，上次来访在40天前
browsing lowers repeat view_count_30d=20 days_since_any=9 usual_view_count_30d=9 usual_days_since_any=2
    last seen 9 days ago; regulars who order again usually 2 days ago
    上次来访在9天前；会再下单的老顾客通常在2天前
browsing raises repeat view_count_30d=3 days_since_any=1 usual_view_count_30d=9 usual_days_since_any=6
    last seen 1 day ago; regulars who order again usually 6 days ago
    上次来访在1天前；会再下单的老顾客通常在6天前
browsing lowers repeat view_count_30d=9 days_since_any=6 active_days_90d=1 usual_view_count_30d=9 \
usual_days_since_any=6 usual_active_days_90d=8
    active on 1 day of the last 90; regulars who order again usually on 8
    近90天中有1天活跃；会再下单的老顾客通常有8天
browsing lowers repeat view_count_all=0 view_count_30d=0 active_days_90d=2
    active on 2 days of the last 90
    近90天中有2天活跃
browsing lowers repeat view_count_all=0 view_count_30d=0 active_days_90d=0 usual_active_days_90d=5
    not active in the last 90 days; regulars who order again usually active on 5 days
    近90天没有活跃；会再下单的老顾客通常有5天
browsing lowers repeat view_count_30d=9 days_since_any=6 active_days_90d=8 usual_view_count_30d=9 \
usual_days_since_any=6 usual_active_days_90d=8
    -
browsing raises visitor view_count_30d=1200 days_since_any=1
    1,200 views in the last 30 days, last seen 1 day ago
    近30天浏览1,200次，上次来访在1天前
browsing lowers repeat days_since_any=40
    last seen 40 days ago
    上次来访在40天前
browsing lowers repeat view_count_all=0 view_count_30d=0 active_days_90d=0
    not active in the last 90 days
    近90天没有活跃
cart raises repeat open_cart_count=3 open_cart_newest_days=2.2 cart_count_30d=4
    3 items left in the cart, last added 2 days ago
    购物车里有3件商品，最近一次加购在2天前
cart raises repeat open_cart_count=1 open_cart_newest_days=0.2
    1 item left in the cart, last added less than a day ago
    购物车里有1件商品，最近一次加购在不到1天前
cart raises repeat open_cart_count=0 cart_count_30d=4 usual_cart_count_30d=1
    4 items put in the cart in the last 30 days; regulars who order again usually 1
    近30天加购4次；会再下单的老顾客通常1次
cart lowers repeat open_cart_count=3 cart_count_30d=0 usual_cart_count_30d=1
    nothing put in the cart in the last 30 days; regulars who order again usually 1 item
    近30天没有加购；会再下单的老顾客通常1次
cart lowers repeat open_cart_count=3 cart_count_30d=0
    nothing put in the cart in the last 30 days
    近30天没有加购
cart lowers repeat open_cart_count=0 cart_count_30d=1 usual_cart_count_30d=4
    1 item put in the cart in the last 30 days; regulars who order again usually 4
    近30天加购1次；会再下单的老顾客通常4次
cart lowers repeat open_cart_count=0 cart_count_30d=0 usual_cart_count_30d=0
    -
cart raises repeat open_cart_count=0 cart_count_30d=0
    -
cart lowers repeat cart_count_30d=2
    2 items put in the cart in the last 30 days
    近30天加购2次
favorites raises repeat open_favorite_count=3
    3 items among the favourites
    收藏了3件商品
favorites raises repeat open_favorite_count=0 favorite_count_30d=4 usual_favorite_count_30d=1
    4 items favourited in the last 30 days; regulars who order again usually 1
    近30天收藏4次；会再下单的老顾客通常1次
favorites lowers repeat open_favorite_count=3 favorite_count_30d=0 usual_favorite_count_30d=2
    nothing favourited in the last 30 days; regulars who order again usually 2 items
    近30天没有收藏；会再下单的老顾客通常2次
favorites lowers repeat open_favorite_count=3 favorite_count_30d=0
    nothing favourited in the last 30 days
    近30天没有收藏
favorites raises repeat open_favorite_count=0 favorite_count_30d=0
    -
favorites lowers repeat favorite_count_30d=1
    1 item favourited in the last 30 days
    近30天收藏1次
variety lowers repeat distinct_bought_item_count=3 usual_distinct_bought_item_count=8
    has bought 3 different items; regulars who order again usually 8
    买过3种商品；会再下单的老顾客通常8种
variety lowers repeat distinct_bought_item_count=1
    has bought 1 different item
    买过1种商品
variety raises visitor distinct_item_count=30 distinct_bought_item_count=0 usual_distinct_item_count=8
    has looked at 30 different items; visitors who go on to order usually 8
    看过30种商品；会下单的访客通常8种
variety lowers visitor distinct_item_count=1
    has looked at 1 different item
    看过1种商品
price lowers repeat discounted_share=0 bought_price_mean=12.5 usual_discounted_share=0.4
    buys without discounts; regulars who order again usually buy 40% at a discount
    购买的商品没有折扣；会再下单的老顾客通常40%的购买有折扣
price lowers repeat discounted_share=1 bought_price_mean=12.5 usual_discounted_share=0.25
    buys only at a discount; regulars who order again usually buy 25% at a discount
    只在打折时购买；会再下单的老顾客通常25%的购买有折扣
price raises repeat discounted_share=1 bought_price_mean=12.5
    buys only at a discount
    只在打折时购买
price lowers repeat discounted_share=0.64 bought_price_mean=12.5 usual_discounted_share=0.25
    64% of what was bought was at a discount; regulars who order again usually buy 25% at a discount
    64%的购买有折扣；会再下单的老顾客通常25%的购买有折扣
price lowers one_order discounted_share=1 usual_discounted_share=0
    buys only at a discount; one-time buyers who come back usually buy without discounts
    只在打折时购买；会再来的首单顾客通常不用折扣
price lowers repeat discounted_share=0.64 bought_price_mean=12.5 usual_discounted_share=0.6 usual_bought_price_mean=30
    pays 12.50 for an item on average; regulars who order again usually pay 30.00
    购买商品的平均单价为12.50；会再下单的老顾客通常为30.00
price lowers repeat discounted_share=0.64 bought_price_mean=12.5 usual_discounted_share=0.6 usual_bought_price_mean=12
    64% of what was bought was at a discount
    64%的购买有折扣
price lowers repeat bought_price_mean=1250
    pays 1,250.00 for an item on average
    购买商品的平均单价为1,250.00
price lowers visitor viewed_price_mean=73.755 usual_viewed_price_mean=110.3
    looks at items of 73.75 on average; visitors who go on to order usually at items of 110.30
    浏览商品的平均单价为73.75；会下单的访客通常为110.30
price lowers visitor
    -
price raises repeat discounted_share=0
    buys without discounts
    购买的商品没有折扣
price raises visitor viewed_price_mean=0.5
    looks at items of 0.50 on average
    浏览商品的平均单价为0.50
hours lowers repeat weekend_share=0.62 usual_weekend_share=0.2
    62% of the activity at weekends; regulars who order again usually 20%
    62%的活动在周末；会再下单的老顾客通常为20%
hours raises repeat weekend_share=0.62 usual_weekend_share=0.2
    62% of the activity at weekends
    62%的活动在周末
hours lowers repeat weekend_share=0 usual_weekend_share=0.2
    never active at weekends
    周末从不活跃
hours lowers repeat weekend_share=1
    active only at weekends
    只在周末活跃
"""


@pytest.mark.parametrize("case", cases(CASES), ids=str)
def test_the_wording(case: Case) -> None:
    """What is said of one customer's concept, in both languages; nothing where no fact points the reasons' way."""
    assert case.said() == case.expected
