"""Functions that may take more parameters than others, and why. The list only gets shorter."""

_REASONS: dict[str, tuple[str, ...]] = {
    "people type these keywords, and each has a meaning of its own": (
        "flows.cli:backfill",
        "flows.cli:pool",
        "flows.commands:run_nights",
        "models.evaluation.arrays.evaluate:evaluate",
        "models.evaluation.arrays.journeys:array_log",
        "models.worlds:simulate",
        "models.worlds.oracle:oracle_of",
    ),
    "the library that calls it has this signature": ("models.training.masked_q:compute_error",),
    "the arrays of one moment, in a formula that is called in one place": (
        "models.behaviour.sample_ratio:_worst",
        "models.evaluation.reference.more_robust:_correction",
        "models.worlds.journey:_pass",
        "models.worlds.shops.customers:pass_day",
    ),
    "a drawing's geometry": ("reports.charts.frontier:_series", "reports.scales:axis_x"),
    "a test hands it a file system that fails": ("flows.publishing.publish:publish",),
    "a lower floor knows no study, so that its caller spells out what it needs of one": (
        "models.agents.advantage_fit:fit_advantage",
        "models.agents.ensembles:train_agents",
        "models.agents.explanation:_imitation",
        "models.agents.explanation:explain",
        "models.agents.frontier:policy_frontier",
        "models.evaluation.evidence:_judged",
        "models.totals.model:_channel",
        "models.totals.model:_curve",
        "sql.stage:stage_logs",
    ),
}

MANY_PARAMETERS: dict[str, str] = {name: reason for reason, names in _REASONS.items() for name in names}
"""`module:function` -> why."""
