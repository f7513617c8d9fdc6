# ruff: noqa: E501 - the words of one meaning in one line read as a table
"""What the text of a cell says of its row: sold, cancelled, taken back. Texts are in plain form."""

import re
from collections.abc import Mapping
from typing import Literal

from onboarding.survey.plain_words import plain

RowMeaning = Literal["sale", "cancelled", "returned", "return", "none"]
"""Sale: demand. Cancelled: never demand. Returned: demand that came back whole. Return: takes back what another row sold.
None: no row of the table at all."""

_CARRIED_OUT = (
    "complete completed shipped delivered fulfilled paid closed done invoiced dispatched sent received processed "
    "success successful finished archived collected picked_up sold sale sales order ordered invoice purchase "
    "charge sales_order sales_invoice confirmed approved processing in_progress in_process new open "
    "partially_shipped partially_fulfilled unfulfilled in_transit out_for_delivery awaiting_shipment "
    "awaiting_fulfillment ready_to_ship backordered versendet verschickt versandt geliefert ausgeliefert "
    "zugestellt abgeschlossen erledigt bezahlt fakturiert berechnet abgeholt fertig verkauf rechnung bestellung "
    "auftrag lieferung ausgangsrechnung verkaufsrechnung barverkauf offen neu bestatigt teilgeliefert unterwegs "
    "in_bearbeitung expedie expediee livre livree termine terminee paye payee facture facturee envoye envoyee "
    "vente commande confirmee en_cours en_preparation enviado enviada entregado entregada completado completada "
    "pagado pagada facturado cerrado terminado venta pedido en_proceso spedito spedita consegnato consegnata "
    "completato evaso pagato vendita fattura ordine in_lavorazione verzonden geleverd afgeleverd voltooid "
    "afgerond betaald verkoop factuur bestelling nieuw in_behandeling wyslane zrealizowane dostarczone oplacone "
    "zakonczone sprzedaz faktura paragon entregue concluido pago venda fatura skickad levererad betald "
    "forsaljning sendt leveret levert betalt solgt salg"
)
_CANCELLED = (
    "cancelled canceled cancel void voided failed declined rejected expired abandoned trash deleted draft quote "
    "quotation payment_failed storniert abgebrochen abgelehnt geloscht entwurf angebot ungultig abgesagt "
    "annule annulee brouillon devis echoue refuse refusee cancelado cancelada anulado anulada borrador rechazado "
    "rechazada fallido annullato annullata bozza rifiutato geannuleerd concept mislukt anulowane anulowano szkic "
    "avbruten makulerad annulleret annullert kansellert"
)
_TAKEN_BACK = (
    "return returns refund refunds reversal chargeback sales_return return_order customer_return retoure retouren "
    "ruckgabe rucksendung storno stornorechnung stornierung erstattung warenruckgabe retour retours remboursement "
    "devolucion reembolso reso rimborso terugbetaling zwrot devolucao estorno retur"
)
_CREDITED = (
    "creditnote credit credit_note credit_memo gutschrift rechnungskorrektur avoir note_de_credit facture_d_avoir "
    "abono nota_de_credito factura_rectificativa nota_di_credito nota_credito creditnota creditfactuur korekta "
    "faktura_korygujaca kreditnota kreditfaktura"
)
"""Documents of their own, which sell nothing."""
_CAME_BACK = (
    "returned refunded retourniert zuruckgesendet zuruckgegeben erstattet "
    "ruckerstattet gutgeschrieben rembourse remboursee retourne retournee reembolsado reembolsada devuelto "
    "devuelta rimborsato rimborsata restituito terugbetaald geretourneerd zwrocone zwrocono devolvido returnerad "
    "aterbetald refunderet"
)
_PARTLY_CAME_BACK = (
    "partially_refunded partially_returned partly_refunded partly_returned teilweise_erstattet teilweise_retourniert "
    "teilerstattet teilretoure partiellement_rembourse"
)
_OF_STATE = r"status|\bstate\b|\bstand\b|zustand|statut|\betat\b|estado|\bstato\b"
_OF_KIND = (
    r"\btype\b|\bkind\b|\btyp\b|\bart\b|belegart|vorgangsart|bewegungsart|buchungsart|transaction|document|movement|"
    r"\btipo\b|\bsoort\b|\bnature\b"
)


def _words(written: str) -> frozenset[str]:
    """Texts apart by blanks; an underscore is a blank within one."""
    return frozenset(each.replace("_", " ") for each in written.split())


_OF_CANCELLATION = _words(
    "cancelled canceled cancellation cancelation voided storniert storno stornierung stornodatum stornierungsdatum annule annulee "
    "annulation cancelado cancelada cancelacion anulado anulacion annullato annullata annullamento geannuleerd annulering "
    "anulowano anulowania anulacja anulacao cancelamento avbruten makulerad \u30ad\u30e3\u30f3\u30bb\u30eb\u65e5"
)
"""Words of headings such as Cancelled at: a date there says that the row was cancelled."""

CARRIED_OUT, CANCELLED, CREDITED, PARTLY_CAME_BACK = map(
    _words, (_CARRIED_OUT, _CANCELLED, _CREDITED, _PARTLY_CAME_BACK)
)
TAKEN_BACK = _words(_TAKEN_BACK) | CREDITED
CAME_BACK = _words(_CAME_BACK) | PARTLY_CAME_BACK


def meaning_of(text: str, *, is_state: bool) -> tuple[RowMeaning, bool] | None:
    """What a text says of its row, and whether that is sure; None where it is not known.

    What came back, and what was refunded, was demand. As the state of an order it was sold and came back whole, likely;
    where a part came back, no text says how much, so that it counts as sold. As the kind of a row it takes back, and
    so does a credit note, which is a document of its own.

    Parameters
    ----------
    text: as delivered.
    is_state: whether it is the state of an order, and not the kind of a row.

    >>> meaning_of("Cancelled", is_state=True), meaning_of("Gutschrift", is_state=False)
    (('cancelled', True), ('return', True))
    >>> meaning_of("Refunded", is_state=True), meaning_of("Pending", is_state=True)
    (('returned', False), None)
    """
    words = plain(text)
    if words in CANCELLED:
        return "cancelled", True
    if words in CARRIED_OUT:
        return "sale", True
    if words not in TAKEN_BACK | CAME_BACK:
        return None
    if not is_state or words in CREDITED:
        return "return", not is_state
    if words.startswith("storn"):
        return "cancelled", True
    return ("sale" if words in PARTLY_CAME_BACK else "returned"), False


def is_of_state(words: str) -> bool:
    """Whether a heading in plain form is of the state of an order."""
    return re.search(_OF_STATE, words) is not None


def is_of_cancellation(words: str) -> bool:
    """Whether a heading in plain form is of the day on which a row was cancelled.

    >>> is_of_cancellation("cancelled at"), is_of_cancellation("storniert am"), is_of_cancellation("expires at")
    (True, True, False)
    """
    return not _OF_CANCELLATION.isdisjoint(words.split())


def is_of_kind(words: str) -> bool:
    """Whether a heading in plain form is of the kind of a row."""
    return re.search(_OF_KIND, words) is not None


ORDER_STATES: Mapping[str, str] = {
    "ordered": "open", "sent": "open", "pending": "open", "new": "open", "offen": "open", "bestellt": "open", "ouvert": "open",
    "abierto": "open", "aperto": "open", "issued": "open", "placed": "open", "in process": "open",
    "bestatigt": "confirmed", "confirme": "confirmed", "confirmado": "confirmed", "acknowledged": "confirmed", "approved": "confirmed",
    "in transit": "shipped", "unterwegs": "shipped", "versendet": "shipped", "expedie": "shipped", "dispatched": "shipped",
    "partially received": "partly_received", "partial": "partly_received", "teilgeliefert": "partly_received", "teilweise geliefert": "partly_received",
    "erhalten": "received", "geliefert": "received", "recu": "received", "recibido": "received", "delivered": "received", "eingegangen": "received",
    "complete": "received", "completed": "received", "done": "closed", "erledigt": "closed", "abgeschlossen": "closed", "clos": "closed",
    "storniert": "cancelled", "annule": "cancelled", "cancelado": "cancelled", "void": "cancelled", "canceled": "cancelled", "rejected": "cancelled",
}  # fmt: skip
"""States of purchase orders and transfers in other words."""
