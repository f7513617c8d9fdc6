"""Every setting of `restock.toml`: type, unit in the name, bounds, default and meaning.

The groups are the tables of the file; those of its sources are in `settings.sources`. The reference page of the docs is made from these fields.
"""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from settings.groups import Group
from settings.sources import TableSource

Fraction = Annotated[float, Field(ge=0, le=1)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
PolicyName = Literal["cost", "(s,Q)", "(s,nQ)", "(s,S)", "(R,S)", "(R,s,S)", "(S-1,S)"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class CompanySettings(Group):
    """[company]: who plans, in which currency and rhythm."""

    name: str = Field("My company", description="Name of the company, shown on every report.")
    base_currency: Currency = Field("EUR", description="Currency in which money is compared and optimised.")
    country: Country = Field("DE", description="Public holidays of this country hold where a location names none.")
    period: Literal["day", "week", "month"] = Field("day", description="Period of sales and of planning.")
    week_starts_on: Weekday = Field("monday", description="First day of a week.")
    timezone: str = Field("UTC", description="Time zone of the company's dates.")
    default_location: str | None = Field(None, description="Stocking location of sales rows that name none.")


class DataSettings(Group):
    """[data]: what is accepted, what stops a run."""

    max_data_age_days: int = Field(
        4, ge=0, description="The run stops when the newest inventory date is more than this many days old."
    )
    today: dt.date | None = Field(
        None, description="The company's date, instead of the clock's; for demonstrations and tests."
    )
    wait_for_files_seconds: int = Field(
        0,
        ge=0,
        description="Seconds to wait for a file that is missing, empty or still growing, before the run is refused.",
    )
    max_rejected_share: Fraction = Field(
        0.05,
        description="The run stops when a larger share of a table's rows is rejected, by its own rules, by those across tables and for unknown SKUs and locations together.",
    )
    max_volume_factor: float = Field(
        5.0,
        gt=1,
        description="The newest 28 days' sales rows may not be more than this many times, or less than one in this many of, those of the 28 days before.",
    )
    accept_volume_on: dt.date | None = Field(
        None, description="The check of volumes is skipped for a run of this date."
    )
    sku_case: Literal["keep", "upper"] = Field(
        "keep",
        description="Whether SKU codes keep their case, or are turned to upper case so that codes that differ only by case are one SKU.",
    )
    sku_strip: bool = Field(True, description="Whether spaces around SKU codes are removed.")
    missing_inventory_is_zero: bool = Field(
        False, description="Whether items without an inventory row count as out of stock."
    )
    max_rate_gap_days: int = Field(10, ge=0, description="Days for which an exchange rate is carried forward at most.")
    one_off_units_factor: float = Field(
        10.0,
        gt=1,
        description="An order line of more than this many times the item's typical line, and improbable by chance, is reduced as a one-off.",
    )
    planned_if_sold_within_days: int = Field(730, ge=1, description="Items sold within this many days are planned.")


class ForecastSettings(Group):
    """[forecast]: history, models and backtests."""

    history_days: int = Field(1095, ge=28, description="Days of sales that models are fitted on.")
    backtest_origins: int = Field(
        4, ge=2, le=26, description="Rolling origins from which forecasts are compared with what came."
    )
    global_model: bool = Field(
        True,
        description="Whether a global model of all items (gradient-boosted trees) leads the forecast, beside models of single items.",
    )
    global_model_rows: int = Field(
        240_000,
        ge=1000,
        description="Most rows that the global model is trained on; they are sampled by a stable hash.",
    )
    bulk_dampening: bool = Field(
        True, description="Whether one-off bulk orders are reduced to a plausible size before models are fitted."
    )
    scenarios: int = Field(256, ge=32, le=10_000, description="Scenario paths per item, for lost sales and budgets.")


class InventorySettings(Group):
    """[inventory]: service, costs and policy where the SKU, its class or its terms give none."""

    policy: PolicyName = Field(
        "cost",
        description="How orders are sized: by least expected cost, or by a classical policy on the inventory position.",
    )
    policy_by_class: dict[str, PolicyName] = Field(
        default_factory=dict, description='Policy by ABC class, XYZ class or both, such as {C = "(R,S)", AX = "cost"}.'
    )
    service_by: Literal["cost", "cycle_service", "fill_rate"] = Field(
        "cost", description="What sets the order-up-to level."
    )
    cycle_service_target: Fraction = Field(0.95, description="Probability of no stockout in a cycle.")
    fill_rate_target: Fraction = Field(0.97, description="Share of demand served from stock.")
    service_target_by_class: dict[str, Fraction] = Field(
        default_factory=dict, description="Target by ABC class, XYZ class or both, such as {A = 0.98, CZ = 0.85}."
    )
    unmet_demand: Literal["lost", "backordered"] = Field(
        "lost", description="Whether demand without stock is lost or backordered."
    )
    share_of_demand_lost: Fraction = Field(1.0, description="Share of unmet demand that is lost for good.")
    lost_customer_factor: float = Field(
        0.0,
        ge=0,
        description="Contribution of later sales lost with a customer who finds no stock, as a multiple of the sale's own; 0.2 adds a fifth to the cost of a shortage.",
    )
    goodwill_cost_per_unit: float = Field(
        0.0, ge=0, description="Cost of a disappointed customer beyond the margin, in base currency."
    )
    capital_rate_per_year: Fraction = Field(0.10, description="Cost of the capital tied up in stock, a year.")
    storage_cost_per_m3_day: float = Field(
        0.35, ge=0, description="Cost of storage per cubic metre and day, in base currency; needs volume_m3."
    )
    storage_rate_per_year: Fraction = Field(
        0.05, description="Cost of storage a year, as a share of unit cost, where no volume is known."
    )
    obsolescence_rate_per_year: Fraction = Field(0.05, description="Value lost to age a year, as a share of unit cost.")
    gross_margin_default: Fraction = Field(
        0.40, description="Margin of items without a known price, as a share of price."
    )
    fixed_cost_per_line: float = Field(
        0.0, ge=0, description="Cost of an order line where the terms give none, in base currency."
    )
    review_days: int = Field(1, ge=1, description="Days between two ordering days where the terms give none.")
    decision_lag_days: int = Field(1, ge=0, description="Days from the plan to the order, for people's approval.")
    min_receipts_to_trust: int = Field(
        8,
        ge=1,
        description="Number of receipts at which a supplier's observed lead times weigh as much as the declared one.",
    )
    overdue_days_counted: int = Field(60, ge=0, description="Days for which an overdue order still counts as on order.")
    order_line_gain_minimum: float = Field(
        1.0,
        ge=0,
        description="Least gain, over ordering at the next chance, at which an order or transfer line is suggested, in base currency: what it costs to handle. Lines that gain less wait and are counted; 0 lets none wait.",
    )
    open_order_gain_minimum: float = Field(
        50.0,
        ge=0,
        description="Least saving at which expediting, postponing or cancelling an open order is recommended, in base currency.",
    )
    open_order_gain_share: Fraction = Field(
        0.02, description="The same as a share of the open line's value; the larger of the two applies."
    )
    open_order_notice_days: int = Field(
        5,
        ge=0,
        description="An order that arrives in fewer days than this after the decision is not postponed or cancelled.",
    )
    cancel_if_unneeded_days: int = Field(
        180,
        ge=1,
        description="Cancelling an open order is recommended only where it is not needed within this many days of its arrival, or the item is discontinued.",
    )
    salvage_share_of_cost: Fraction = Field(
        0.0, description="Salvage value of a unit left over when an item is discontinued, as a share of its cost."
    )
    weekends_are_closed: bool = Field(False, description="Suppliers neither work nor ship on Saturday and Sunday.")
    holidays_are_closed: bool = Field(False, description="Suppliers are closed on public holidays of their country.")
    unseen_export_days: int = Field(
        7,
        ge=1,
        description="Days after which an exported line that the purchase orders do not show is reported as an exception.",
    )
    overstock_days: int = Field(120, ge=1, description="Days of supply beyond which an item is listed as overstock.")
    dead_stock_days: int = Field(180, ge=1, description="Days without a sale after which stock is listed as dead.")


class BudgetSettings(Group):
    """[budget]: the budget forecast."""

    promotions: Literal["announced", "as_last_year"] = Field(
        "announced",
        description="Promotions in the budget forecast: only announced ones, or also those of the year before on the same days, unless one of the item is announced within four weeks of them. Orders rest on announced promotions alone.",
    )


class CutOverSettings(Group):
    """[cut_over]: the weeks in which a company changes from another process to this one."""

    shadow: bool = Field(
        False,
        description="Whether plans only run beside the other process: they are labelled as shadow plans, and nothing can be exported.",
    )
    started_on: dt.date | None = Field(None, description="Day from which orders are placed as planned here.")
    first_orders_weeks: int = Field(8, ge=1, le=104, description="Weeks after it in which first orders are capped.")
    first_orders_cap_days: float | None = Field(
        None,
        gt=0,
        description="Days of demand that an item's first order after it may bring at most; no cap when not set.",
    )

    @model_validator(mode="after")
    def _cap_has_a_start(self) -> "CutOverSettings":
        if self.first_orders_cap_days is not None and self.started_on is None:
            raise ValueError("first_orders_cap_days needs started_on")
        return self


class SimulationSettings(Group):
    """[simulation]: how `restock simulate` replays the company's past, and whether runs use what it tuned."""

    weeks: int = Field(26, ge=4, le=104, description="Weeks that are scored.")
    warm_up_weeks: int = Field(
        4, ge=1, le=52, description="Least number of weeks replayed before these, until the policy's own orders arrive."
    )
    refit_weeks: int = Field(8, ge=1, le=52, description="Weeks after which a replay fits its models anew.")
    scenarios: int = Field(64, ge=32, le=10_000, description="Scenario paths per item in a replay.")
    bootstrap_draws: int = Field(1000, ge=100, le=100_000, description="Resamples of items behind each interval.")
    use_tuning: bool = Field(True, description="Whether runs order at the quantiles that the newest replay accepted.")


NEVER = "never"
"""In place of a cron text or of how to catch up."""


class ScheduleSettings(Group):
    """[schedule]: when `restock schedule` runs what; cron texts are minute, hour, day, month, day of the week."""

    nightly: str = Field("15 3 * * *", description='When the nightly run is due, as a cron text, or "never".')
    simulation: str = Field("0 5 * * 0", description='When the past is replayed, as a cron text, or "never".')
    timezone: str | None = Field(
        None, description="Time zone of the cron texts, such as Europe/Berlin; company.timezone when not set."
    )
    catch_up: Literal["newest", "each", "never"] = Field(
        "newest",
        description="Which missed runs are caught up when the schedule starts: the newest, each with the days before it in order, or none.",
    )
    catch_up_within_days: int = Field(
        3, ge=1, le=31, description="Runs that were due more than this many days ago are not caught up."
    )
    wait_for_run_minutes: int = Field(
        240, ge=0, description="Minutes that a nightly run waits for another one's end before it is refused."
    )


class DatabaseSettings(Group):
    """[database]: where plans are published."""

    url: str = Field("sqlite:///restock.db", description="SQLAlchemy URL; SQLite paths are relative to restock.toml.")


class RunSettings(Group):
    """[run]: how the work is divided and where results are kept. Tasks and workers change no result."""

    folder: Path = Field(Path(".restock"), description="Parts, runs and caches, relative to restock.toml.")
    buckets: int = Field(
        16, ge=1, le=4096, description="Most buckets that items are divided into; a small company has fewer."
    )
    tasks: int = Field(8, ge=1, le=4096, description="Most tasks of a stage; each takes a group of buckets.")
    workers: int = Field(2, ge=1, description="Tasks that run at the same time.")
    keep_runs: int = Field(30, ge=1, description="Number of run folders kept on disk.")
    where_prefect_is_away: Literal["continue", "refuse"] = Field(
        "continue",
        description="Whether a run goes on without Prefect where its server does not start or answer, or is refused.",
    )


class RetentionSettings(Group):
    """[retention]: how long what past runs left behind is kept."""

    daily_plan_days: int = Field(
        90, ge=1, description="Days, back from the newest plan, for which the plan of every date is kept."
    )
    monthly_plan_months: int = Field(
        24, ge=1, description="Months for which the last plan of each month is kept beyond that."
    )
    replaced_plan_days: int = Field(
        7, ge=0, description="Days after which a plan is removed that another of the same date replaced."
    )
    unused_part_days: int = Field(
        30, ge=1, description="Days after which rows that were read are removed, where no kept plan used them."
    )
    prefect_records_megabytes: int = Field(
        200, ge=10, description="Size at which the records of the company's own Prefect server are begun anew."
    )


class Settings(BaseSettings):
    """All of `restock.toml`; the environment overrides it as RESTOCK_GROUP__FIELD."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_prefix="RESTOCK_", env_nested_delimiter="__")

    company: CompanySettings = CompanySettings()
    sources: dict[str, TableSource] = Field(default_factory=dict)
    data: DataSettings = DataSettings()
    forecast: ForecastSettings = ForecastSettings()
    inventory: InventorySettings = InventorySettings()
    budget: BudgetSettings = BudgetSettings()
    cut_over: CutOverSettings = CutOverSettings()
    simulation: SimulationSettings = SimulationSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    database: DatabaseSettings = DatabaseSettings()
    run: RunSettings = RunSettings()
    retention: RetentionSettings = RetentionSettings()
    root: Path = Field(Path(), exclude=True, description="Folder of restock.toml; set when it is loaded.")
