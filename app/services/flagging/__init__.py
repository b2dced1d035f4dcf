"""Flags (预警) as they follow from facts and policy; backtests of a draft policy."""
