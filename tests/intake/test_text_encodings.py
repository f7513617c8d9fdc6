"""Texts are read in the encoding in which their letters fit a language; where several do, nobody guesses."""

import pytest

from data_contracts.acceptance.accepted import load_rejected
from onboarding.survey.sources import survey_folder
from settings import DataRefused
from tests.data_contracts.company import SALES_HEADER, accepted, ingest, sale, write

NAMES = {
    "cp1252": ["Müller Gemüsebrühe groß", "Öl für Türen", "Crème brûlée"],
    "mac-roman": ["Crème brûlée à la française", "Pâté de campagne", "Thé à la menthe"],
    "cp850": ["Müller Gemüsebrühe groß", "Öl für Türen"],
    "cp1250": ["Żółta łódź podwodna", "Świeże jabłka", "Ćwikła z chrzanem"],
    "iso8859-2": ["Żółta łódź podwodna", "Świeże jabłka", "Gęś pieczona"],
    "cp1251": ["Чай зелёный", "Кофе молотый"],
    "koi8-r": ["Чай зелёный", "Кофе молотый"],
    "cp1253": ["Πράσινο τσάι", "Καφές"],
    "cp1254": ["Yeşil çay poşeti", "Türk kahvesi \u0131\u011fd\u0131r"],
    "cp932": ["緑茶ティーバッグ", "コーヒー豆"],
    "gb18030": ["绿茶茶包", "咖啡豆一公斤", "中国红茶礼盒", "数量日期商品"],
    "big5": ["綠茶茶包", "咖啡豆一公斤"],
    "cp949": ["녹차 티백", "커피 원두"],
    "utf-16": ["Żółta łódź", "緑茶"],
    "utf-16-le": ["Żółta łódź", "Müller"],
    "utf-8": ["Żółta łódź", "緑茶", "Чай"],
}


@pytest.mark.parametrize("encoding", NAMES)
def test_the_encoding_is_found_by_the_letters(tmp_path, encoding):
    names = NAMES[encoding]
    write(
        tmp_path,
        "sales.csv",
        (SALES_HEADER + "\n" + "\n".join(sale(sku=name) for name in names) + "\n").encode(encoding),
    )

    assert accepted(tmp_path)["sku"].tolist() == names


def test_a_text_that_may_be_two_is_refused_with_both_readings(tmp_path):
    write(tmp_path, "sales.csv", (SALES_HEADER + "\n" + sale(sku="Őszibarack lekvár") + "\n").encode("cp1250"))

    with pytest.raises(
        DataRefused, match=r"its letters may be 'Õszibarack', in cp1252, or 'Őszibarack', in cp1250; declare"
    ):
        ingest(tmp_path)
    assert accepted(tmp_path, encoding="cp1250")["sku"].tolist() == ["Őszibarack lekvár"]
    write(tmp_path / "shop", "sales.csv", (tmp_path / "sales.csv").read_bytes())
    assert survey_folder(tmp_path / "shop").unread[0][0] == "sales.csv"
    assert survey_folder(tmp_path / "shop", "cp1250").delivered[0].encoding == "cp1250"


def test_a_few_bytes_that_are_no_utf8_reject_their_rows_by_line(tmp_path):
    rows = "\n".join(sale(sku=f"Tür {number}") for number in range(40)) + "\n"
    broken = (SALES_HEADER + "\n" + rows).encode().replace("Tür 7,".encode(), b"T\xfcr 7,")
    write(tmp_path, "sales.csv", broken)

    rejected = load_rejected(ingest(tmp_path))

    assert rejected["line"].tolist() == [9]
    assert "(no utf-8 text) " in rejected["message"].iloc[0]
    assert len(accepted(tmp_path)) == 39


def test_bytes_that_the_declared_encoding_does_not_have_reject_their_rows(tmp_path):
    rows = "\n".join(sale(sku=f"A{number}") for number in range(40)) + "\n"
    write(tmp_path, "sales.csv", (SALES_HEADER + "\n" + rows).encode().replace(b"A7,", b"A\x81,"))

    assert load_rejected(ingest(tmp_path, encoding="cp1252"))["line"].tolist() == [9]
