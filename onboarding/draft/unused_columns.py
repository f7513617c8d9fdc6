"""What columns that nothing uses might mean: a column of ours, or something that would change a plan."""

from collections.abc import Mapping, Sequence

from data_contracts.tables import CONTRACTS
from onboarding.draft.recognition.column_matching import SIMILAR_NAME, match_table
from onboarding.draft.recognition.joined_files import BARE_KEYS
from onboarding.survey.delivered import DeliveredTable
from onboarding.survey.plain_words import plain

_ALSO: Mapping[str, str] = {
    "units that were delivered, where others were ordered": (
        "geliefert delivered liefermenge gelieferte_menge delivered_quantity delivered_qty qty_delivered shipped_qty "
        "qty_shipped quantity_shipped shipped_quantity livre quantite_livree entregado consegnato geleverd"
    ),
    "units that came back": (
        "returned_qty qty_returned returned_quantity returns retouren retourmenge ruckgabe quantite_retournee devueltos"
    ),
    "units in a pack: quantities may be packs": (
        "pack_size packgrosse packungsgrosse unit_of_measure uom einheit conditionnement"
    ),
}


def possible_meanings(delivered: DeliveredTable, unused: Sequence[str]) -> dict[str, str]:
    """What unused columns of a file might be, by their headings and values; columns that say nothing are left out.

    Parameters
    ----------
    delivered: the file.
    unused: its columns that nothing uses.
    """
    found: dict[str, str] = {}
    for what, words in _ALSO.items():
        known = {word.replace("_", " ") for word in words.split()}
        found |= {name: f"may be {what}" for name in unused if plain(name) in known}
    for table, contract in CONTRACTS.items():
        for column, match in match_table(contract, delivered, unused).items():
            is_row_key = delivered.headings[match.delivered].bare in BARE_KEYS
            if match.score > SIMILAR_NAME and match.delivered not in found and not is_row_key:
                flag = f'--map "{table}.{column}={match.delivered}"'
                found[match.delivered] = f"may be {column.replace('_', ' ')} of {table}: {flag}"
    return found
