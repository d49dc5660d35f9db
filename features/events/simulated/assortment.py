"""What the simulated shop sells: categories with their words, prices and habits, and invented brands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One category of the assortment."""

    name: str
    """Its name in the shop."""
    products: tuple[tuple[str, str], ...]
    """What is sold in it, in English and in Chinese."""
    sizes: tuple[str, ...]
    """The sizes or variants a product comes in."""
    median_price: float
    """Half of the items cost less, in the shop's currency."""
    cycle_days: float
    """Usual time until people who love this category order again, in days."""
    consumable: bool = False
    """True when it is used up and bought again."""


CATEGORIES = (
    Category(
        "Tea",
        (("green tea", "绿茶"), ("black tea", "红茶"), ("oolong tea", "乌龙茶"), ("jasmine tea", "茉莉花茶")),
        ("100 g", "250 g", "500 g"),
        78,
        32,
        True,
    ),
    Category(
        "Skin care",
        (("face cream", "面霜"), ("cleanser", "洁面乳"), ("serum", "精华液"), ("sheet masks", "面膜")),
        ("30 ml", "50 ml", "100 ml"),
        139,
        42,
        True,
    ),
    Category(
        "Snacks",
        (
            ("roasted nuts", "坚果"),
            ("rice crackers", "米饼"),
            ("dried mango", "芒果干"),
            ("beef jerky", "牛肉干"),
        ),
        ("120 g", "300 g", "gift box"),
        36,
        21,
        True,
    ),
    Category(
        "Women's clothing",
        (
            ("linen dress", "亚麻连衣裙"),
            ("knit cardigan", "针织开衫"),
            ("silk blouse", "真丝衬衫"),
            ("skirt", "半身裙"),
        ),
        ("S", "M", "L"),
        219,
        45,
    ),
    Category(
        "Baby care",
        (("nappies", "纸尿裤"), ("baby wipes", "婴儿湿巾"), ("baby lotion", "婴儿润肤露")),
        ("newborn", "medium", "large"),
        96,
        24,
        True,
    ),
    Category(
        "Household",
        (
            ("laundry liquid", "洗衣液"),
            ("paper towels", "厨房纸"),
            ("dish soap", "洗洁精"),
            ("bin bags", "垃圾袋"),
        ),
        ("1 l", "2 l", "6 pack"),
        42,
        30,
        True,
    ),
    Category(
        "Coffee",
        (("coffee beans", "咖啡豆"), ("drip coffee bags", "挂耳咖啡"), ("instant coffee", "速溶咖啡")),
        ("10 bags", "227 g", "1 kg"),
        88,
        26,
        True,
    ),
    Category(
        "Men's clothing",
        (
            ("cotton shirt", "纯棉衬衫"),
            ("chinos", "休闲裤"),
            ("polo shirt", "保罗衫"),
            ("windbreaker", "风衣"),
        ),
        ("M", "L", "XL"),
        189,
        56,
    ),
    Category(
        "Kitchenware",
        (("wok", "炒锅"), ("chef's knife", "厨刀"), ("rice bowl set", "饭碗套装"), ("lunch box", "饭盒")),
        ("small", "medium", "large"),
        118,
        58,
    ),
    Category(
        "Pet food",
        (("cat food", "猫粮"), ("dog food", "狗粮"), ("cat treats", "猫零食")),
        ("500 g", "2 kg", "8 kg"),
        109,
        28,
        True,
    ),
    Category(
        "Make-up",
        (("lipstick", "口红"), ("mascara", "睫毛膏"), ("foundation", "粉底液"), ("eye shadow", "眼影")),
        ("soft red", "natural", "classic"),
        99,
        50,
    ),
    Category(
        "Stationery",
        (("fountain pen", "钢笔"), ("notebook", "笔记本"), ("gel pens", "中性笔"), ("desk planner", "台历")),
        ("A5", "A4", "set"),
        29,
        38,
    ),
    Category(
        "Shoes",
        (
            ("running shoes", "跑鞋"),
            ("leather loafers", "乐福鞋"),
            ("sandals", "凉鞋"),
            ("canvas shoes", "帆布鞋"),
        ),
        ("size 38", "size 41", "size 43"),
        269,
        60,
    ),
    Category(
        "Fruit",
        (("oranges", "橙子"), ("blueberries", "蓝莓"), ("kiwi fruit", "猕猴桃"), ("apples", "苹果")),
        ("1 kg", "2.5 kg", "gift box"),
        49,
        20,
        True,
    ),
    Category(
        "Bedding",
        (("duvet cover", "被套"), ("pillow", "枕头"), ("fitted sheet", "床笠")),
        ("single", "double", "king"),
        239,
        60,
    ),
    Category(
        "Sports",
        (
            ("yoga mat", "瑜伽垫"),
            ("water bottle", "运动水壶"),
            ("resistance bands", "弹力带"),
            ("jump rope", "跳绳"),
        ),
        ("blue", "grey", "green"),
        85,
        52,
    ),
    Category(
        "Toys",
        (("building blocks", "积木"), ("jigsaw puzzle", "拼图"), ("plush rabbit", "毛绒兔")),
        ("age 3+", "age 6+", "age 9+"),
        92,
        46,
    ),
    Category(
        "Phone accessories",
        (("phone case", "手机壳"), ("charger", "充电器"), ("earphones", "耳机"), ("power bank", "充电宝")),
        ("black", "white", "clear"),
        69,
        55,
    ),
    Category(
        "Books",
        (("novel", "小说"), ("picture book", "绘本"), ("cook book", "菜谱"), ("travel guide", "旅行指南")),
        ("paperback", "hardback", "box set"),
        45,
        34,
    ),
    Category(
        "Hair care",
        (("shampoo", "洗发水"), ("conditioner", "护发素"), ("hair oil", "护发精油")),
        ("200 ml", "400 ml", "750 ml"),
        65,
        44,
        True,
    ),
    Category(
        "Garden",
        (
            ("flower seeds", "花种"),
            ("potting soil", "营养土"),
            ("watering can", "浇水壶"),
            ("plant pot", "花盆"),
        ),
        ("small", "medium", "large"),
        38,
        48,
    ),
    Category(
        "Bags",
        (("backpack", "双肩包"), ("tote bag", "托特包"), ("wallet", "钱包")),
        ("black", "brown", "sand"),
        249,
        60,
    ),
    Category(
        "Vitamins",
        (("vitamin C", "维生素C"), ("fish oil", "鱼油"), ("calcium tablets", "钙片")),
        ("30 tablets", "60 tablets", "120 tablets"),
        119,
        40,
        True,
    ),
    Category(
        "Lighting",
        (("desk lamp", "台灯"), ("night light", "小夜灯"), ("ceiling lamp", "吸顶灯")),
        ("warm", "neutral", "dimmable"),
        159,
        60,
    ),
)
"""The most visited category first."""

BRANDS = (
    *("Ostrelva", "Qinlumo", "Marrowick", "Pelluvane", "Tarnibel", "Yunhesta", "Dovrelin", "Kestumi"),
    *("Brindolo", "Solvaque", "Wexmire", "Anjubari", "Lorrimund", "Hexaplum", "Ruofenna", "Cindrelow"),
    *("Vesperoak", "Mulanto", "Jorvalis", "Tindlebay", "Opaluna", "Grenwhistle", "Fenquora", "Zhulivar"),
)
"""Invented: no company of these names is meant."""

STYLES = (
    *("classic", "fresh", "everyday", "travel", "premium", "gentle", "family", "mountain", "garden", "city"),
    *("winter", "light"),
)
