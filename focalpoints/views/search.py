from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from focalpoints.queries import search as queries
from partnerships.search import corrected
from portal.http import render_page


@require_safe
@login_not_required
def search(request: HttpRequest) -> HttpResponse:
    """One box over everything; a chosen kind shows more of itself, the others their counts."""
    words = request.GET.get("q", "")[: queries.WORDS_LENGTH].strip()
    chosen = request.GET.get("kind", "")
    chosen = chosen if chosen in {kind.slug for kind in queries.KINDS} else ""
    parts = queries.search(request.user, words, chosen) if words else []
    total = sum(part.count for part in parts)
    context = {
        "q": words,
        "kind": chosen,
        "parts": parts,
        "shown": [part for part in parts if not chosen or part.kind.slug == chosen],
        "total": total,
        "corrected": corrected(words) if words and not total else "",
        "is_un": request.user.has_perm("focalpoints.view_people"),
    }
    return render_page(request, "focalpoints/search.html", context, partial="focalpoints/_search_rows.html")
