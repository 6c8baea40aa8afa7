"""The people of a company: who is in, who is invited, who asks to come in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, permission_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.forms.companies import InviteForm, RoleForm
from partnerships.models import Company, CompanyMember
from partnerships.services import members as services
from partnerships.services.companies import is_owner
from portal.errors import RuleViolation
from portal.http import SignedIn, attempt

of_business = permission_required("partnerships.make_offer", raise_exception=True)


def _company(request: SignedIn, public_id) -> Company:
    return get_object_or_404(Company.objects.of_member(request.user), public_id=public_id)


@require_http_methods(["GET", "POST"])
@of_business
def my_people(request: SignedIn, public_id) -> HttpResponse:
    """Colleagues and their roles; an owner invites by mail address."""
    company = _company(request, public_id)
    owns = is_owner(request.user, company)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.invite_member(company, by=request.user, **form.cleaned_data)
        except RuleViolation as broken_rule:
            form.add_error("email", str(broken_rule))
        else:
            messages.success(request, _("The invitation is on its way. It is good for 14 days."))
            return redirect("partnerships:my_people", public_id)
    seats = company.invitations.filter(answered_at=None)
    context = {
        "company": company,
        "members": company.members.select_related("user").order_by("role", "user__name"),
        "roles": CompanyMember.Role.choices,
        "invited": seats.filter(invited_by__isnull=False),
        "asking": seats.filter(invited_by=None) if owns else [],
        "is_owner": owns,
        "form": form,
    }
    return render(request, "partnerships/my_people.html", context, status=422 if form.errors else 200)


@require_POST
@of_business
def my_people_change(request: SignedIn, public_id, pk: int) -> HttpResponse:
    """Give a colleague another role, or take the seat; one's own seat means to leave."""
    company = _company(request, public_id)
    member = get_object_or_404(company.members, pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    leaves = form.cleaned_data["role"] == RoleForm.OUT
    try:
        if leaves:
            services.remove_member(member, by=request.user)
        else:
            services.change_role(member, role=form.cleaned_data["role"], by=request.user)
    except RuleViolation as broken_rule:
        messages.error(request, str(broken_rule))
    else:
        messages.success(request, _("Done."))
        if leaves and member.user_id == request.user.pk:
            return redirect("partnerships:my_companies")
    return redirect("partnerships:my_people", public_id)


@require_POST
@of_business
def my_people_answer(request: SignedIn, public_id, pk: int) -> HttpResponse:
    """Let somebody in who asked, or not."""
    seats = _company(request, public_id).invitations.filter(invited_by=None)
    seat = get_object_or_404(seats.select_related("company"), pk=pk)
    services.answer_request(seat, accept=request.POST.get("accept") == "1", by=request.user)
    messages.success(request, _("Done."))
    return redirect("partnerships:my_people", public_id)


@require_POST
@of_business
def company_join(request: SignedIn, public_id) -> HttpResponse:
    """Ask the owners of a company at the domain of one's mail address for a seat."""
    company = get_object_or_404(Company, public_id=public_id)
    done = _("The owners are told. You hear from us when one of them lets you in.")
    attempt(request, lambda: services.ask_to_join(company, by=request.user), done)
    return redirect("partnerships:my_companies")


@login_not_required
@require_http_methods(["GET", "POST"])
def invitation(request: SignedIn, token: str) -> HttpResponse:
    """Take the seat that a mail offered. Without an account, the way leads there first and back here."""
    seat = services.invitation_of(token)
    if seat is None:
        return render(request, "partnerships/invitation.html", {"is_over": True}, status=410)
    user = request.user
    is_other = user.is_authenticated and user.email != seat.email
    if request.method == "POST":
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if is_other:
            raise PermissionDenied
        services.accept_invitation(seat, by=user)
        messages.success(
            request, _("Welcome. You can now make offers for %(name)s.") % {"name": seat.company}
        )
        return redirect("partnerships:my_companies")
    return render(request, "partnerships/invitation.html", {"seat": seat, "is_other": is_other})
