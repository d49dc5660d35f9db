"""The promotions that need not be told: Chinese and international sales, holidays and seasons of any year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from features.shop.promotions.promotion import HOLIDAY, SALE, SEASON, Promotion
from features.shop.promotions.qixi import qixi

CHINESE, INTERNATIONAL = "chinese", "international"

FIRST_YEAR, LAST_YEAR = 1990, 2099
"""The years for which all lunar dates are known; outside them nothing is built in."""


@dataclass(frozen=True)
class BuiltIn:
    """One promotion that comes back every year."""

    key: str
    """Its name in the code."""
    kind: str
    """One of ``PROMOTION_KINDS``."""
    en: str
    """What it is called in English."""
    zh: str
    """What it is called in Chinese."""
    rule: str
    """The rule of the library that finds its main day; ``qixi`` is our own."""
    days_before: int = 0
    """So many days before its main day belong to it."""
    days_after: int = 0
    """So many days after its main day belong to it."""


_SEASONS = (
    BuiltIn("spring", SEASON, "Spring", "春季", "holiday_mar_1", 0, 91),
    BuiltIn("summer", SEASON, "Summer", "夏季", "holiday_jun_1", 0, 91),
    BuiltIn("autumn", SEASON, "Autumn", "秋季", "holiday_sep_1", 0, 90),
    BuiltIn("winter", SEASON, "Winter", "冬季", "holiday_dec_1", 0, 89),
    BuiltIn("year_end", SEASON, "Year-end", "年终", "holiday_dec_31", 4, 0),
)

BUILT_IN: dict[str, tuple[BuiltIn, ...]] = {
    CHINESE: (
        BuiltIn("new_year", HOLIDAY, "New Year", "元旦", "new_years_day"),
        BuiltIn("spring_festival", HOLIDAY, "Spring Festival", "春节", "chinese_new_years_day", 1, 6),
        BuiltIn("lantern", HOLIDAY, "Lantern Festival", "元宵节", "daeboreum_day"),
        BuiltIn("womens_day", SALE, "3.8 Women's Day", "三八节", "holiday_mar_8"),
        BuiltIn("labour_day", HOLIDAY, "5.1 Labour Day", "五一劳动节", "holiday_may_1", 0, 2),
        BuiltIn("may_20", SALE, "5.20", "520", "holiday_may_20"),
        BuiltIn("dragon_boat", HOLIDAY, "Dragon Boat Festival", "端午节", "dragon_boat_festival"),
        BuiltIn("june_18", SALE, "6.18", "618", "holiday_jun_18", 2, 0),
        BuiltIn("qixi", HOLIDAY, "Qixi", "七夕", "qixi"),
        BuiltIn("mid_autumn", HOLIDAY, "Mid-Autumn Festival", "中秋节", "mid_autumn_festival"),
        BuiltIn("national_day", HOLIDAY, "National Day", "国庆节", "holiday_oct_1", 0, 6),
        BuiltIn("double_11", SALE, "Double 11", "双十一", "holiday_nov_11", 1, 0),
        BuiltIn("double_12", SALE, "Double 12", "双十二", "holiday_dec_12"),
        *_SEASONS,
    ),
    INTERNATIONAL: (
        BuiltIn("new_year", HOLIDAY, "New Year", "元旦", "new_years_day"),
        BuiltIn("valentines_day", HOLIDAY, "Valentine's Day", "情人节", "holiday_feb_14"),
        BuiltIn("womens_day", HOLIDAY, "Women's Day", "妇女节", "womens_day"),
        BuiltIn("easter", HOLIDAY, "Easter", "复活节", "easter_sunday", 2, 1),
        BuiltIn("mothers_day", HOLIDAY, "Mother's Day", "母亲节", "holiday_2nd_sun_of_may"),
        BuiltIn("fathers_day", HOLIDAY, "Father's Day", "父亲节", "holiday_3rd_sun_of_jun"),
        BuiltIn("halloween", HOLIDAY, "Halloween", "万圣夜", "holiday_oct_31"),
        BuiltIn("thanksgiving", HOLIDAY, "Thanksgiving", "感恩节", "holiday_4th_thu_of_nov"),
        BuiltIn("black_friday", SALE, "Black Friday", "黑色星期五", "holiday_1_day_past_4th_thu_of_nov", 0, 2),
        BuiltIn("cyber_monday", SALE, "Cyber Monday", "网络星期一", "holiday_4_days_past_4th_thu_of_nov"),
        BuiltIn("christmas", HOLIDAY, "Christmas", "圣诞节", "christmas_day", 1, 0),
        BuiltIn("boxing_day", SALE, "Boxing Day", "节礼日", "holiday_dec_26"),
        *_SEASONS,
    ),
}
"""The built-in promotions of each calendar."""


@lru_cache(maxsize=256)
def _main_days(year: int) -> dict[str, date]:
    """The main day of each rule in a year."""
    from features.shop.promotions.main_days import MainDays  # and the library, which workers of the service do without

    rules = frozenset(each.rule for calendar in BUILT_IN.values() for each in calendar) - {"qixi"}
    found = MainDays(rules, year).by_rule()
    day = qixi(year)
    return found if day is None else found | {"qixi": day}


@lru_cache(maxsize=512)
def built_in(calendar: str, year: int) -> tuple[Promotion, ...]:
    """The promotions of a calendar whose main day lies in a year, in no order."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ()
    return tuple(_promotion(each, _main_days(year)[each.rule]) for each in BUILT_IN[calendar])


def _promotion(each: BuiltIn, day: date) -> Promotion:
    first, last = day - timedelta(days=each.days_before), day + timedelta(days=each.days_after)
    return Promotion(each.key, each.kind, {"en": each.en, "zh": each.zh}, first, last)
