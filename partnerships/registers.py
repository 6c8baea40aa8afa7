"""Where a company can be looked up, and whether a registration number can be one of that register.

A hint for people, never a refusal: registers change, and a number may be right all the same. Pure.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum.au import abn, acn
from stdnum.be import vat as belgian
from stdnum.br import cnpj
from stdnum.ch import uid
from stdnum.cl import rut
from stdnum.cn import uscc
from stdnum.de import handelsregisternummer
from stdnum.dk import cvr
from stdnum.ee import registrikood
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.jp import cn as houjin
from stdnum.kr import brn
from stdnum.no import orgnr
from stdnum.ru import inn, ogrn
from stdnum.se import orgnr as swedish
from stdnum.ua import edrpou

BRITISH = re.compile(r"^(?:\d{8}|[A-Z]{2}\d{6})$", re.IGNORECASE)


@dataclass(frozen=True)
class Register:
    """A public register of companies; a number fits if one of `checks` says so."""

    name: str
    url: str
    checks: tuple[Callable[[str], bool], ...]

    def fits(self, number: str) -> bool:
        return any(check(number) for check in self.checks)


REGISTERS = {
    "AUS": Register(
        "Australian Business Register",
        "https://abr.business.gov.au/",
        (abn.is_valid, acn.is_valid),
    ),
    "BEL": Register(
        "Crossroads Bank for Enterprises", "https://kbopub.economie.fgov.be/", (belgian.is_valid,)
    ),
    "BRA": Register(
        "Cadastro Nacional da Pessoa Jurídica",
        "https://www.gov.br/receitafederal/",
        (cnpj.is_valid,),
    ),
    "CHE": Register("Zefix", "https://www.zefix.ch/", (uid.is_valid,)),
    "CHL": Register("Servicio de Impuestos Internos", "https://www.sii.cl/", (rut.is_valid,)),
    "CHN": Register("国家企业信用信息公示系统", "https://www.gsxt.gov.cn/", (uscc.is_valid,)),
    "DEU": Register("Handelsregister", "https://www.handelsregister.de/", (handelsregisternummer.is_valid,)),
    "DNK": Register("Det Centrale Virksomhedsregister", "https://datacvr.virk.dk/", (cvr.is_valid,)),
    "EST": Register("e-Äriregister", "https://ariregister.rik.ee/", (registrikood.is_valid,)),
    "FIN": Register("Yritys- ja yhteisötietojärjestelmä", "https://www.ytj.fi/", (ytunnus.is_valid,)),
    "FRA": Register(
        "Annuaire des entreprises",
        "https://annuaire-entreprises.data.gouv.fr/",
        (siren.is_valid, siret.is_valid),
    ),
    "GBR": Register(
        "Companies House",
        "https://find-and-update.company-information.service.gov.uk/",
        (lambda number: bool(BRITISH.match(number.replace(" ", ""))),),
    ),
    "JPN": Register("法人番号公表サイト", "https://www.houjin-bangou.nta.go.jp/", (houjin.is_valid,)),
    "KOR": Register("국세청", "https://www.hometax.go.kr/", (brn.is_valid,)),
    "NOR": Register("Brønnøysundregistrene", "https://www.brreg.no/", (orgnr.is_valid,)),
    "RUS": Register("ЕГРЮЛ", "https://egrul.nalog.ru/", (ogrn.is_valid, inn.is_valid)),
    "SWE": Register("Bolagsverket", "https://www.bolagsverket.se/", (swedish.is_valid,)),
    "UKR": Register("Єдиний державний реєстр", "https://usr.minjust.gov.ua/", (edrpou.is_valid,)),
}


def register_of(country: str | None) -> Register | None:
    """The register of a country (ISO 3166-1 alpha-3), where it is known here."""
    return REGISTERS.get(country or "")


def lei_record_url(lei: str) -> str:
    """The public record of an LEI. Source: Global Legal Entity Identifier Foundation."""
    return f"https://search.gleif.org/#/record/{lei}"
