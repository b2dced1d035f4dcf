"""Flag rules (预警规则): pure functions over facts, policy and an as-of time. docs/rules.md says what each means."""
