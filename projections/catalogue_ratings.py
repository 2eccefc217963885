"""Products in the order of their ratings: those that nobody has reviewed come last, whichever way it goes."""

from projections.reviews import RATING

# The best are found by the index of ratings; products without one are looked at only where those do not fill the page.
# Limits stand in the text: a plan for any limit would be a plan for a tenth of the table.
_PAGE = """
WITH rated AS MATERIALIZED (
    SELECT {shown}, {rating} AS sort_key
      FROM {{reviews}}.rating r JOIN {{catalogue}}.listing p ON p.id = r.product_id
     WHERE r.reviews > 0 AND {where} {start}
     ORDER BY sort_key {order}, r.product_id {order} LIMIT {most}
),
unrated AS MATERIALIZED ({unrated} LIMIT {most} - (SELECT count(*) FROM rated))
SELECT both_kinds.* FROM (SELECT * FROM rated UNION ALL SELECT * FROM unrated) AS both_kinds
 ORDER BY both_kinds.sort_key {order} NULLS LAST, both_kinds.id {order} LIMIT {limit} OFFSET {offset}
"""
_UNRATED = """
SELECT * FROM (
    SELECT {shown}, NULL::bigint AS sort_key
      FROM {{catalogue}}.listing p
     WHERE {where} {start} AND NOT EXISTS (SELECT FROM {{reviews}}.rating r WHERE r.product_id = p.id AND r.reviews > 0)
     ORDER BY p.id {order} LIMIT {most}
) AS u ORDER BY u.id {order}
"""


def by_rating(*, shown: str, where: str, order: str, goes_on: bool, limit: int, offset: int) -> str:
    """A page of the listing, sorted by the rating in hundredths of a star; it may go on behind a rated product."""
    unrated = _UNRATED.format(shown=shown, where=where, start="", order=order, most=limit + offset)
    start = f"AND ({RATING}, r.product_id) {_beyond(order)} (q.value, q.after_id)" if goes_on else ""
    return _PAGE.format(
        shown=shown,
        rating=RATING,
        where=where,
        start=start,
        order=order,
        most=limit + offset,
        unrated=unrated,
        limit=limit,
        offset=offset,
    )


def behind_unrated(*, shown: str, where: str, order: str, limit: int) -> str:
    """As `by_rating`, behind a product without a rating: more of them, and nothing else."""
    start = f"AND p.id {_beyond(order)} q.after_id"
    return _UNRATED.format(shown=shown, where=where, start=start, order=order, most=limit)


def _beyond(order: str) -> str:
    return "<" if order == "DESC" else ">"
