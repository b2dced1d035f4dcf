"""Plans (检查计划) and lots (双随机)."""
