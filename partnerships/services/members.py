"""The people of a company: invited by an owner, or let in at their own request; the last owner stays."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from partnerships.domains import is_own_domain
from partnerships.models import Company, CompanyInvitation, CompanyMember
from partnerships.services.companies import is_owner
from portal.emails import send_mail
from portal.errors import RuleViolation
from portal.history import record
from portal.jobs import enqueue
from portal.limits import take
from portal.models import AuditEvent, User
from portal.notices import tell

INVITATION_DAYS = 14
SALT = "company-invitation"


@transaction.atomic
def invite_member(company: Company, *, email: str, role: str, by: User) -> CompanyInvitation:
    """Offer a seat to a mail address. The mail goes out once; a second invitation waits for the first."""
    company = _lock(company)
    if not is_owner(by, company):
        raise PermissionDenied
    email = email.strip().lower()
    if company.members.filter(user__email=email).exists():
        raise RuleViolation(_("%(email)s is one of you already.") % {"email": email})
    open_seats = company.invitations.filter(email=email, answered_at=None)
    if open_seats.filter(invited_by__isnull=False, created_at__gt=_oldest()).exists():
        raise RuleViolation(_("%(email)s has an invitation already.") % {"email": email})
    open_seats.update(answered_at=timezone.now())
    take(f"invite:{by.pk}", burst=20, per_seconds=86_400)
    take(f"invited:{email}", burst=1, per_seconds=86_400)
    invitation = CompanyInvitation.objects.create(company=company, email=email, role=role, invited_by=by)
    record(company, "invited", by=by, note=f"{email} ({invitation.get_role_display()})")
    language = translation.get_language() or "en"
    enqueue(
        "partnerships.mail_invitation",
        key=f"mail_invitation:{invitation.pk}",
        invitation_id=invitation.pk,
        language=language,
    )
    return invitation


def mail_invitation(invitation: CompanyInvitation, language: str) -> None:
    """The mail with the link. An account that exists is written to in its own language."""
    known = User.objects.filter(email=invitation.email).first()
    token = signing.dumps(invitation.pk, salt=SALT)
    url = settings.PORTAL_URL + reverse("partnerships:invitation", args=[token])
    context = {"invitation": invitation, "url": url, "days": INVITATION_DAYS}
    send_mail(
        "company_invitation",
        context,
        to=invitation.email,
        language=known.language if known else language,
        key=f"mail_invitation:{invitation.pk}",
    )


def invitation_of(token: str) -> CompanyInvitation | None:
    """The open invitation that a link names; None when it is over, answered, or was not made here."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=timedelta(days=INVITATION_DAYS))
    except signing.BadSignature:
        return None
    waiting = CompanyInvitation.objects.filter(answered_at=None, invited_by__isnull=False)
    return waiting.select_related("company", "invited_by").filter(pk=pk).first()


@transaction.atomic
def accept_invitation(invitation: CompanyInvitation, *, by: User) -> CompanyMember:
    """Take the seat. Only the person behind the invited address may; twice is once."""
    if by.email != invitation.email or not by.has_perm("partnerships.make_offer"):
        raise PermissionDenied
    company = _lock(invitation.company)
    invitation = CompanyInvitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.answered_at and not invitation.was_accepted:
        raise RuleViolation(_("This invitation is over. Ask for a new one."))
    return _seat(company, invitation, by, by)


@transaction.atomic
def ask_to_join(company: Company, *, by: User) -> CompanyInvitation:
    """Ask the owners of a company for a seat. Needs a mail address at the domain of its website."""
    if not by.has_perm("partnerships.make_offer"):
        raise PermissionDenied
    if not is_own_domain(by.email, company.website):
        raise RuleViolation(
            _("Your mail address is not at the domain of this company. Ask for an invitation.")
        )
    if company.members.filter(user=by).exists():
        raise RuleViolation(_("You are one of them already."))
    request, created = CompanyInvitation.objects.get_or_create(
        company=company, email=by.email, answered_at=None, defaults={"invited_by": None}
    )
    if created:
        event = record(company, "asked for a seat", by=by, note=by.email)
        owners = company.members.filter(role=CompanyMember.Role.OWNER, user__is_active=True)
        for member in owners.select_related("user"):
            _tell(member.user, "seat_wanted", company, event, {"person": by})
    return request


@transaction.atomic
def answer_request(request: CompanyInvitation, *, accept: bool, by: User) -> None:
    """An owner lets somebody in who asked, or not. A second answer changes nothing."""
    company = _lock(request.company)
    if not is_owner(by, company):
        raise PermissionDenied
    request = CompanyInvitation.objects.select_for_update().get(pk=request.pk)
    if request.answered_at:
        return
    person = User.objects.get(email=request.email)
    if accept:
        _seat(company, request, person, by)
    else:
        request.answered_at = timezone.now()
        request.save(update_fields=["answered_at"])
        record(company, "refused a seat", by=by, note=request.email)


def _seat(company: Company, invitation: CompanyInvitation, person: User, by: User) -> CompanyMember:
    member, created = CompanyMember.objects.get_or_create(
        company=company, user=person, defaults={"role": invitation.role}
    )
    invitation.answered_at, invitation.was_accepted = timezone.now(), True
    invitation.save(update_fields=["answered_at", "was_accepted"])
    if created:
        event = record(company, "joined", by=by, note=f"{person.email} ({member.get_role_display()})")
        _tell(person, "seat_given", company, event, {})
    return member


@transaction.atomic
def change_role(member: CompanyMember, *, role: str, by: User) -> None:
    """Make somebody owner or editor. Raises RuleViolation for the last owner."""
    company = _lock(member.company)
    if not is_owner(by, company):
        raise PermissionDenied
    member = company.members.get(pk=member.pk)
    if member.role == role:
        return
    _keep_an_owner(company, member)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    record(company, "changed a role", by=by, note=member.user.email, changes={"role": [before, role]})


@transaction.atomic
def remove_member(member: CompanyMember, *, by: User) -> None:
    """Take somebody's seat, or leave. The last owner cannot leave: nobody could let others in."""
    company = _lock(member.company)
    if by.pk != member.user_id and not is_owner(by, company):
        raise PermissionDenied
    member = company.members.get(pk=member.pk)
    _keep_an_owner(company, member)
    record(company, "left" if by.pk == member.user_id else "removed", by=by, note=member.user.email)
    member.delete()


def _keep_an_owner(company: Company, member: CompanyMember) -> None:
    owners = company.members.filter(role=CompanyMember.Role.OWNER)
    if member.role == CompanyMember.Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise RuleViolation(_("A company needs an owner here. Make somebody else the owner first."))


def _lock(company: Company) -> Company:
    return Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _oldest():
    return timezone.now() - timedelta(days=INVITATION_DAYS)


def _tell(user: User, template: str, company: Company, event: AuditEvent, context: dict) -> None:
    tell(
        user,
        template,
        {"company": company, **context},
        key=f"{template}:{event.pk}",
        url=reverse("partnerships:my_people", args=[company.public_id]),
        kind="offer",
    )
