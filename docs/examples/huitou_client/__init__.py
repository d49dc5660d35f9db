"""A small client of Huitou's API. Copy this folder into your shop: it needs Python 3.11 and nothing else.

huitou = Huitou("https://huitou.example.com", key=os.environ["HUITOU_KEY"])
page = huitou.recommend(customer_id="c-1024", placement="home", n=4)
huitou.send([Event("sku-77", "cart", customer_id="c-1024", recommendation_id=page.recommendation_id)])
"""

from .answers import Event, HuitouError, Recommendations, RecommendedItem, Rejected, RelatedItem, Taken
from .client import Huitou
from .sender import Sender

__all__ = [
    "Event",
    "Huitou",
    "HuitouError",
    "Recommendations",
    "RecommendedItem",
    "Rejected",
    "RelatedItem",
    "Sender",
    "Taken",
]
