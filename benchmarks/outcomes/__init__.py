"""Hold the data, the hand-set models and the contenders of `learning.py`."""
