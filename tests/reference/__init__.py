"""Decide slowly and plainly what the product decides fast: the second reading of the same rules.

Nothing here imports the product. Numbers that decide something can be computed twice: in doubles, as decisions
are shown, and exactly, as crossings are searched.
"""
