"""What suppliers, planners and the company have laid down: terms, parameters, decision rules, rounding."""
