"""Groups of customers: RFM scores, life-cycle stages, value levels, behaviour, and moves between them."""
