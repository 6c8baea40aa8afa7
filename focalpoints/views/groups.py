from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from focalpoints.forms.groups import GroupForm, JoinForm, ReplyForm, ThreadForm
from focalpoints.models import Community, Post, Thread
from focalpoints.services import groups as services
from focalpoints.wording import to_html
from portal.errors import RuleViolation
from portal.http import SignedIn

inside = permission_required("focalpoints.view_people", raise_exception=True)


def _group(request: HttpRequest, slug: str) -> Community:
    return get_object_or_404(Community.objects.visible_to(request.user), slug=slug)


@require_http_methods(["GET", "POST"])
@inside
def group_list(request: SignedIn) -> HttpResponse:
    form = GroupForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            group = services.create_group(by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            return redirect("focalpoints:group_detail", slug=group.slug)
    groups = Community.objects.visible_to(request.user).annotate(
        member_count=Count("memberships", distinct=True),
        thread_count=Count("threads", distinct=True),
        mine_count=Count("memberships", filter=Q(memberships__user=request.user), distinct=True),
    )
    context = {"groups": groups, "form": form}
    return render(request, "focalpoints/group_list.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@inside
def group_detail(request: SignedIn, slug: str) -> HttpResponse:
    """A group with its threads; a POST begins a new one."""
    group = _group(request, slug)
    mine = services.membership_of(group, request.user)
    form = ThreadForm(request.POST if request.method == "POST" else None)
    if not services.may_moderate(group, request.user):
        del form.fields["is_announcement"]
    if form.is_valid():
        values = {"is_announcement": False, **form.cleaned_data}
        try:
            thread = services.start_thread(group, by=request.user, **values)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            return redirect("focalpoints:thread_detail", slug=slug, pk=thread.pk)
    threads = group.threads.annotate(post_count=Count("posts")).select_related("started_by")
    threads = threads.order_by("-is_announcement", "-last_post_at", "-id")
    context = {
        "group": group,
        "mine": mine,
        "page": Paginator(threads, 25).get_page(request.GET.get("page")),
        "members": group.memberships.filter(is_listed=True).select_related("user"),
        "member_count": group.memberships.count(),
        "shelf": group.shelf.all(),
        "form": form if mine else None,
        "join_form": JoinForm(
            initial={"is_listed": mine.is_listed, "wants_digest": mine.wants_digest} if mine else None
        ),
    }
    return render(request, "focalpoints/group_detail.html", context, status=422 if form.is_bound else 200)


@require_POST
@inside
def group_join(request: SignedIn, slug: str) -> HttpResponse:
    """Join or change how; with `leave` leave."""
    group = _group(request, slug)
    if "leave" in request.POST:
        services.leave_group(group, by=request.user)
        messages.success(request, _("You have left the group."))
    else:
        form = JoinForm(request.POST)
        form.is_valid()
        services.join_group(group, by=request.user, **form.cleaned_data)
        messages.success(request, _("You are in the group."))
    return redirect("focalpoints:group_detail", slug=slug)


@require_http_methods(["GET", "POST"])
@inside
def thread_detail(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    group = _group(request, slug)
    thread = get_object_or_404(Thread, pk=pk, community=group)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            services.reply(thread, text=form.cleaned_data["text"], by=request.user)
        except RuleViolation as error:
            form.add_error(None, str(error))
            status = 409
        else:
            return redirect("focalpoints:thread_detail", slug=slug, pk=pk)
    is_moderator = services.may_moderate(group, request.user)
    context = {
        "group": group,
        "thread": thread,
        "posts": [
            {
                "post": post,
                "html": "" if post.removed_at else to_html(post.text),
                "may_remove": not post.removed_at and (is_moderator or post.by_id == request.user.pk),
            }
            for post in thread.posts.select_related("by", "removed_by")
        ],
        "form": form if not thread.is_closed and services.membership_of(group, request.user) else None,
    }
    return render(request, "focalpoints/thread_detail.html", context, status=status)


@require_POST
@inside
def post_remove(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    post = get_object_or_404(
        Post.objects.filter(thread__community__in=Community.objects.visible_to(request.user)), pk=pk
    )
    services.remove_post(post, why=request.POST.get("why", ""), by=request.user)
    return redirect("focalpoints:thread_detail", slug=slug, pk=post.thread_id)
