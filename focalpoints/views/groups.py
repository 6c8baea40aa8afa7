from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from focalpoints.forms.groups import GroupForm, GroupWordsForm, JoinForm, ReplyForm, ShelfForm, ThreadForm
from focalpoints.models import Community, GroupKind, Membership, Post, Resource, ShelfFile, Thread, Training
from focalpoints.queries import groups as queries
from focalpoints.queries.files import files_of
from focalpoints.services import groups as services
from focalpoints.wording import to_html
from portal.errors import RuleViolation
from portal.http import SignedIn

inside: Callable = permission_required("focalpoints.view_people", raise_exception=True)
POSTS_A_PAGE = 50


def _group(request: HttpRequest, slug: str) -> Community:
    return get_object_or_404(Community.objects.visible_to(request.user), slug=slug)


@require_http_methods(["GET", "POST"])
@inside
def group_list(request: SignedIn) -> HttpResponse:
    """The groups; a POST begins a new one, with `training` the one of a course."""
    form = GroupForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            group = services.create_group(by=request.user, **form.cleaned_data)
        except RuleViolation as error:
            form.add_error(None, str(error))
        else:
            return redirect("focalpoints:group_detail", slug=group.slug)
    kind = request.GET.get("kind", "")
    kind = kind if kind in GroupKind.values else ""
    counts = dict(
        Community.objects.visible_to(request.user).values_list("kind").annotate(Count("pk")).order_by()
    )
    context = {
        "groups": queries.groups_of(request.user, kind),
        "kind": kind,
        "kinds": [
            {"value": value, "label": label, "count": counts[value], "is_on": value == kind}
            for value, label in GroupKind.choices
            if value in counts
        ],
        "form": form,
    }
    return render(request, "focalpoints/group_list.html", context, status=422 if form.is_bound else 200)


@require_POST
@inside
def cohort_begin(request: SignedIn, pk: int) -> HttpResponse:
    """The group of a course, whose participants are asked to join."""
    training = get_object_or_404(Training, pk=pk)
    group = services.create_group(
        name=f"{training.title} {training.starts_on.year}",
        kind=GroupKind.COHORT,
        purpose=_("For those who took part in the course."),
        training=training,
        by=request.user,
    )
    messages.success(request, _("The group is there, and its participants have been told."))
    return redirect("focalpoints:group_detail", slug=group.slug)


@require_http_methods(["GET", "POST"])
@inside
def group_detail(request: SignedIn, slug: str) -> HttpResponse:
    """A group with its threads; a POST begins a new one."""
    group = _group(request, slug)
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
    return _group_page(request, group, form=form, status=422 if form.is_bound else 200)


def _group_page(
    request: SignedIn,
    group: Community,
    *,
    form: ThreadForm | None = None,
    shelf_form: ShelfForm | None = None,
    status: int = 200,
) -> HttpResponse:
    mine = services.membership_of(group, request.user)
    may_moderate = services.may_moderate(group, request.user)
    threads = group.threads.annotate(post_count=Count("posts")).select_related("started_by")
    threads = threads.order_by("-is_announcement", "-last_post_at", "-id")
    shelved = list(group.shelf_files.select_related("by"))
    files = files_of(shelved)
    context = {
        "group": group,
        "mine": mine,
        "may_moderate": may_moderate,
        "page": Paginator(threads, 25).get_page(request.GET.get("page")),
        "members": group.memberships.filter(is_listed=True).select_related("user"),
        "member_count": group.memberships.count(),
        "shelf": group.shelf.filter(pk__in=Resource.objects.visible_to(request.user)),
        "shelf_files": [
            {"row": row, "files": files[row.pk], "may_remove": may_moderate or row.by_id == request.user.pk}
            for row in shelved
        ],
        "shelf_form": shelf_form or ShelfForm(community=group, user=request.user),
        "form": (form or ThreadForm()) if mine or may_moderate else None,
        "join_form": JoinForm(
            initial={"is_listed": mine.is_listed, "wants_digest": mine.wants_digest} if mine else None
        ),
    }
    return render(request, "focalpoints/group_detail.html", context, status=status)


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


# --- conversations ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@inside
def thread_detail(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    """A conversation, fifty posts a page; a POST replies."""
    group = _group(request, slug)
    thread = get_object_or_404(Thread.objects.select_related("community"), pk=pk, community=group)
    form = ReplyForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    posts = Paginator(thread.posts.select_related("by", "removed_by"), POSTS_A_PAGE)
    if form.is_valid():
        try:
            post = services.reply(thread, text=form.cleaned_data["text"], by=request.user)
        except RuleViolation as error:
            form.add_error(None, str(error))
            status = 409
        else:
            last = (thread.posts.count() - 1) // POSTS_A_PAGE + 1
            return redirect(f"{request.path}?page={last}#post-{post.pk}")
    may_moderate = services.may_moderate(group, request.user)
    page = posts.get_page(request.GET.get("page"))
    context = {
        "group": group,
        "thread": thread,
        "page": page,
        "posts": [
            {
                "post": post,
                "html": "" if post.removed_at else to_html(post.text),
                "may_remove": not post.removed_at and (may_moderate or post.by_id == request.user.pk),
            }
            for post in page
        ],
        "may_moderate": may_moderate,
        "form": form if not thread.is_closed and services.membership_of(group, request.user) else None,
    }
    return render(request, "focalpoints/thread_detail.html", context, status=status)


@require_POST
@inside
def post_remove(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.filter(thread__community=_group(request, slug)), pk=pk)
    services.remove_post(post, why=request.POST.get("why", ""), by=request.user)
    return redirect("focalpoints:thread_detail", slug=slug, pk=post.thread_id)


@require_POST
@inside
def thread_close(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    """Close a conversation; with `open` open it again."""
    thread = get_object_or_404(Thread, pk=pk, community=_group(request, slug))
    is_closed = "open" not in request.POST
    services.close_thread(thread, is_closed=is_closed, why=request.POST.get("why", ""), by=request.user)
    return redirect("focalpoints:thread_detail", slug=slug, pk=pk)


# --- shelf ------------------------------------------------------------------------------------------------


@require_POST
@inside
def shelf_add(request: SignedIn, slug: str) -> HttpResponse:
    group = _group(request, slug)
    form = ShelfForm(request.POST, request.FILES, community=group, user=request.user)
    if form.is_valid():
        values = form.cleaned_data
        try:
            if values["item"]:
                services.shelve_item(group, values["item"], by=request.user)
            if values["file"]:
                services.shelve_file(group, title=values["title"], file=values["file"], by=request.user)
        except RuleViolation as error:
            form.add_error("file", str(error))
        else:
            return redirect(reverse("focalpoints:group_detail", args=[slug]) + "#shelf")
    return _group_page(request, group, shelf_form=form, status=422)


@require_POST
@inside
def shelf_remove(request: SignedIn, slug: str, what: str, pk: int) -> HttpResponse:
    """Take a file ("files") or an item of the library ("items") off the shelf."""
    group = _group(request, slug)
    if what == "files":
        services.unshelve_file(get_object_or_404(ShelfFile, pk=pk, community=group), by=request.user)
    else:
        services.unshelve_item(group, get_object_or_404(group.shelf, pk=pk), by=request.user)
    return redirect(reverse("focalpoints:group_detail", args=[slug]) + "#shelf")


# --- moderation -------------------------------------------------------------------------------------------


@require_safe
@inside
def group_log(request: SignedIn, slug: str) -> HttpResponse:
    """What moderators did, for everybody who sees the group."""
    group = _group(request, slug)
    context = {"group": group, "entries": queries.moderation_log(group)}
    return render(request, "focalpoints/group_log.html", context)


@require_http_methods(["GET", "POST"])
@inside
def group_moderate(request: SignedIn, slug: str) -> HttpResponse:
    """Name, purpose and members, for moderators; a POST changes the words."""
    group = _group(request, slug)
    if not services.may_moderate(group, request.user):
        raise PermissionDenied
    form = GroupWordsForm(request.POST if request.method == "POST" else None, instance=group)
    if form.is_valid():
        services.change_group(group, by=request.user, **form.cleaned_data)
        return redirect("focalpoints:group_detail", slug=slug)
    members = group.memberships.select_related("user").order_by("-is_moderator", "joined_at")
    context = {"group": group, "form": form, "members": members}
    return render(request, "focalpoints/group_moderate.html", context, status=422 if form.is_bound else 200)


@require_POST
@inside
def member_change(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    """`act` is "name", "release" or "remove" (with `why`)."""
    rows = Membership.objects.select_related("community", "user").filter(community=_group(request, slug))
    membership = get_object_or_404(rows, pk=pk)
    if request.POST.get("act") == "remove":
        services.remove_member(membership, why=request.POST.get("why", ""), by=request.user)
    else:
        is_moderator = request.POST.get("act") == "name"
        services.name_moderator(membership, is_moderator=is_moderator, by=request.user)
    return redirect("focalpoints:group_moderate", slug=slug)
