"""A second Salesforce, written from the vendor's documented behaviour alone, to judge the connector from outside.

It shares no code with the sandbox or the adapter, and its odd habits are switches: what one engineer read in the
documentation one way and another engineer another way is served both ways.
"""

from __future__ import annotations
