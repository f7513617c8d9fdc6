"""A small company around one decision: constant demand, one supplier, everything that a test does not name left out."""

import datetime as dt

import numpy as np
import pandas as pd

from models.demand.distribution.demand_distribution import DemandDistribution
from models.inventory.decide import Decisions, decide
from models.inventory.lead_times.fit import fit_lead_times
from tests.models.inventory.factories import lead_time_options
from tests.models.inventory.factories import rules as decision_rules

AS_OF = dt.date(2026, 3, 31)
NO_LINES = ["line_id", "sku", "location", "supplier", "units", "due_on", "state", "exported_at", "placed_on"]


def day(offset):
    """The day `offset` days after as_of."""
    return pd.Timestamp(AS_OF) + pd.Timedelta(days=offset)


def item(sku="A", location="BER", **columns):
    return {"sku": sku, "location": location, **columns}


def demand(
    items,
    daily=2.0,
    *,
    dispersion=1.0,
    level_sd=0.0,
    period="day",
    unit_step=1.0,
    order_steps=0.0,
    as_of=AS_OF,
    sold=(1, 9999),
):
    """Constant expected demand of `daily` units a day (a number or one per item) on the days `sold`, first and last."""
    count = len(items)
    lengths = [7] * 78 if period == "week" else [1] * 120 + [7] * 18 + [28] * 10
    lengths = np.array(lengths, dtype=np.int64)
    starts = np.datetime64(as_of, "D") + 1 + np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype("timedelta64[D]")
    each = np.broadcast_to(np.asarray(daily, dtype=float), (count,))
    ends = np.cumsum(lengths)
    days_sold = np.clip(np.minimum(ends, sold[1]) - np.maximum(ends - lengths, sold[0] - 1), 0, None)

    def full(value):
        return np.array(np.broadcast_to(np.asarray(value, dtype=float), (count,)))

    text = np.array(["x"] * count, dtype=object)
    return DemandDistribution(
        sku=np.array([row["sku"] for row in items], dtype=object),
        location=np.array([row["location"] for row in items], dtype=object),
        as_of=as_of,
        period=period,
        starts=starts,
        lengths_days=lengths,
        mean=each[:, None] * days_sold,
        dispersion=full(dispersion),
        level_sd=full(level_sd),
        level_growth=full(0.0),
        level_autocorrelation=full(0.9),
        exposure=np.zeros((count, 3)),
        market=text,
        category=text,
        factor_autocorrelation=np.array([0.9, 0.9, 0.9]),
        unit_step=full(unit_step),
        order_steps=full(order_steps),
    )


def terms(sku="A", location="BER", supplier="acme", lead_time_days=10.0, unit_cost=6.0, **columns):
    row = {
        "sku": sku,
        "location": location,
        "supplier": supplier,
        "unit_cost": unit_cost,
        "unit_cost_base": unit_cost,
        "currency": "EUR",
        "lead_time_days": float(lead_time_days),
        "lead_time_sd_days": 0.0,
        "valid_from": pd.NaT,
    }
    return row | columns


def order(number="P1", offset=-5, units=10.0, promise=None, sku="A", location="BER", supplier="acme", **columns):
    row = {
        "order_number": number,
        "line_number": "1",
        "sku": sku,
        "location": location,
        "supplier": supplier,
        "ordered_on": day(offset),
        "ordered_units": float(units),
        "expected_on": pd.NaT if promise is None else day(promise),
        "status": "open",
        "external_reference": None,
    }
    return row | columns


def line(
    line_id="L1", units=10.0, placed=-5, due=5, state="exported", sku="A", location="BER", supplier="acme", **columns
):
    row = {
        "line_id": line_id,
        "sku": sku,
        "location": location,
        "supplier": supplier,
        "units": float(units),
        "due_on": day(due),
        "state": state,
        "exported_at": day(placed) if state == "exported" else pd.NaT,
        "placed_on": day(placed),
    }
    return row | columns


def parameter(name, value, valid_from=None, valid_to=None, **scope):
    row = {kind: scope.get(kind, "*") for kind in ("sku", "category", "supplier", "location")}
    dates = {"valid_from": pd.NaT if valid_from is None else day(valid_from)}
    return row | dates | {"name": name, "value": str(value), "valid_to": pd.NaT if valid_to is None else day(valid_to)}


def stock(on_hand, sku="A", location="BER", reserved=0.0, backordered=0.0):
    row = {"as_of": day(0), "sku": sku, "location": location, "on_hand": float(on_hand)}
    return row | {"reserved": float(reserved), "backordered": float(backordered)}


def frame(rows, columns=()):
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(columns))


def dated(rows, *names):
    made = pd.DataFrame(rows)
    return made.assign(**{name: pd.to_datetime(made[name]) for name in names if name in made})


def decided(
    items=None,
    *,
    inventory=(),
    supply=None,
    daily=2.0,
    price=10.0,
    orders=(),
    receipts=(),
    lines=(),
    parameters=(),
    closures=(),
    transfers=(),
    transfer_terms=(),
    channel_costs=(),
    dispersion=1.0,
    level_sd=0.0,
    unit_step=1.0,
    period="day",
    segments=(),
    products=(),
    quantile_shift=None,
    returns=None,
    sold=(1, 9999),
    decided_on=None,
    **rules,
) -> Decisions:
    """Decide for one item A at BER unless stated otherwise: 2 a day, 10 days from acme, bought at 6 and sold at 10."""
    items = [item()] if items is None else items
    supply = [terms(row["sku"], row["location"]) for row in items] if supply is None else supply
    distribution = demand(
        items, daily, dispersion=dispersion, level_sd=level_sd, period=period, unit_step=unit_step, sold=sold
    )
    purchase_orders = frame(list(orders), order())
    received = frame(list(receipts), ["order_number", "line_number", "received_on", "received_units"])
    received = received.assign(
        received_on=pd.to_datetime(received["received_on"]), received_units=received["received_units"].astype(float)
    )
    purchase_orders = purchase_orders.assign(
        ordered_on=pd.to_datetime(purchase_orders["ordered_on"]),
        expected_on=pd.to_datetime(purchase_orders["expected_on"]),
    )
    supply_terms = frame(supply, terms())
    supply_terms = supply_terms.assign(valid_from=pd.to_datetime(supply_terms["valid_from"]))
    closed = frame(list(closures), ["supplier", "location", "starts_on", "ends_on"])
    closed = closed.assign(starts_on=pd.to_datetime(closed["starts_on"]), ends_on=pd.to_datetime(closed["ends_on"]))
    suppliers = pd.DataFrame({"supplier": ["acme", "nordwind"], "country": "DE", "name": ["Acme", "Nordwind"]})
    learned = fit_lead_times(
        received, purchase_orders, supply_terms, suppliers, closed, as_of=AS_OF, **lead_time_options()
    )
    mix = pd.DataFrame(items)[["sku", "location"]].assign(
        channel="shop", market="DE", units_share=1.0, net_price_base=price, return_rate=0.0, resellable_share=0.0
    )
    defaults = {"decision_lag_days": 0, "review_days": 7}
    return decide(
        pd.DataFrame(items),
        distribution,
        learned,
        {
            "supply_terms": supply_terms,
            "inventory": frame(list(inventory)),
            "purchase_orders": purchase_orders,
            "receipts": received,
            "planning_parameters": frame(list(parameters)),
            "closures": closed,
            "suppliers": suppliers,
            "transfers": frame(list(transfers)),
            "transfer_terms": frame(list(transfer_terms)),
            "channel_costs": frame(list(channel_costs)),
            "products": frame(list(products)),
        },
        segments=frame(list(segments), ["sku", "location", "abc", "xyz", "demand_class"]),
        channel_mix=mix,
        planned_order_lines=frame(list(lines), NO_LINES),
        rules=decision_rules(**(defaults | {"period": period} | rules)),
        as_of=AS_OF,
        decided_on=decided_on,
        returns=returns,
        quantile_shift=quantile_shift,
    )


def only(decisions):
    """The one item's recommendation, without proposals to change what is on order."""
    rows = decisions.recommendations[decisions.recommendations["line_number"] == 1]
    assert len(rows) == 1
    return rows.iloc[0]
