from focalpoints.models import FocalPoint
from partnerships.models import Company, CompanyInvitation, KeptDraft, Need, Offer
from partnerships.models.imports import RecordImport
from partnerships.models.registrations import Registration
from partnerships.services import (
    agreements,
    imports,
    lei,
    matches,
    members,
    needs,
    offer_notices,
    offers,
    saved,
    triage,
)
from partnerships.services import reporting as reports
from partnerships.services.registrations import drop_old_drafts, send_registration_mail

DAILY: list[str] = [
    "partnerships.keep_offers",
    "partnerships.keep_needs",
    "partnerships.drop_old_registrations",
    "partnerships.keep_reports",
    "partnerships.keep_agreements",
    "partnerships.rank_all",
    "partnerships.check_searches",
]


def keep_offers() -> None:
    triage.keep_offers()


def keep_needs() -> None:
    needs.keep_needs()


def drop_old_registrations() -> None:
    drop_old_drafts()


def keep_reports() -> None:
    reports.keep_reports()


def keep_agreements() -> None:
    agreements.keep_agreements()


def check_import(import_id: int, language: str) -> None:
    imports.check_import(RecordImport.objects.get(pk=import_id), language=language)


def load_import(import_id: int) -> None:
    imports.load_import(RecordImport.objects.get(pk=import_id))


def undo_import(import_id: int) -> None:
    imports.undo_import(RecordImport.objects.get(pk=import_id))


def reindex_import(import_id: int, first: int, last: int) -> None:
    imports.reindex_import(RecordImport.objects.get(pk=import_id), first, last)


def mail_registration(registration_id: int, notice: str) -> None:
    send_registration_mail(Registration.objects.get(pk=registration_id), notice)


def rank_all() -> None:
    matches.rank_all()


def rank_some(offer_ids: list[int]) -> None:
    matches.rank_some(offer_ids)


def call_standing_offers(need_id: int) -> None:
    needs.call_standing_offers(Need.objects.get(pk=need_id))


def mail_offer_to_unit(offer_id: int, notice: str, contact_id: int, event_id: int) -> None:
    offer_notices.mail_offer_to_unit(
        Offer.objects.get(pk=offer_id), notice, FocalPoint.objects.get(pk=contact_id), event_id
    )


def mail_kept_draft(kept_id: int, language: str) -> None:
    offers.mail_kept_draft(KeptDraft.objects.get(pk=kept_id), language)


def mail_invitation(invitation_id: int, language: str) -> None:
    members.mail_invitation(CompanyInvitation.objects.get(pk=invitation_id), language)


def ask_lei(company_id: int) -> None:
    lei.ask_lei(Company.objects.get(pk=company_id))


def check_searches() -> None:
    saved.check_searches()


def check_search(saved_id: int) -> None:
    saved.check_search(saved_id)
