from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.utils import timezone

from partnerships.models import Company, CompanyMember
from portal.attachments import accept
from portal.models import ApiToken, Job, JobStatus
from tests.access import Row

ANYBODY = Row(get="200")
SIGNED_IN = "login 200 200 200 200 200 200 200 200"
ADMINISTRATOR = "login 403 403 403 403 403 403 200 403"
NO_POST = "login 405 405 405 405 405 405 405 405"


def build(world: SimpleNamespace) -> None:
    world.token = ApiToken.objects.create(
        user=world.users["business_own"], name="a", digest="a", expires_at=timezone.now()
    )
    owner = world.users["business_own"]
    keeper = Company.objects.create(name="Fictional keeper of a file", created_by=owner)
    CompanyMember.objects.create(company=keeper, user=owner, role=CompanyMember.Role.OWNER)
    world.attachment = accept(ContentFile(b"text", "a.txt"), about=keeper, by=owner)
    world.job = Job.objects.create(key="failed one", kind="portal.clean_up", status=JobStatus.FAILED)


ROWS: dict[str, Row] = {
    "healthz": ANYBODY,
    "readyz": ANYBODY,
    "security_txt": ANYBODY,
    "portal:home": ANYBODY,
    "portal:start": Row(get="login 302 302 302 302 302 302 302 302", post=NO_POST),
    "portal:desk": Row(get=SIGNED_IN, post=NO_POST),
    "portal:profile": Row(get=SIGNED_IN, post="login 422 422 422 422 422 422 422 422"),
    "portal:notices": Row(get=SIGNED_IN, post=NO_POST),
    "portal:notices_read": Row(get=NO_POST, post="login 302 302 302 302 302 302 302 302"),
    "portal:notice_choices": Row(get=SIGNED_IN, post="login 422 422 422 422 422 422 422 422"),
    "portal:tokens": Row(get=SIGNED_IN, post="login 422 422 422 422 422 422 422 422"),
    "portal:token_revoke": Row(
        args=lambda world: [world.token.pk], get=NO_POST, post="login 302 404 404 404 404 404 404 404"
    ),
    # Hangs on a company of business_own; who sees the company may read it.
    "portal:attachment": Row(
        args=lambda world: [world.attachment.public_id], get="404 200 404 200 200 200 200 200 200"
    ),
    "portal:help": ANYBODY,
    "portal:help_screening": ANYBODY,
    "portal:about": ANYBODY,
    "portal:status": ANYBODY,
    "portal:accessibility": ANYBODY,
    "portal:privacy": ANYBODY,
    "portal:styleguide": ANYBODY,
    "portal:manage": Row(get=ADMINISTRATOR, post=NO_POST),
    "portal:user_list": Row(get=ADMINISTRATOR, post=NO_POST),
    "portal:user_edit": Row(
        args=lambda world: [world.users["business_own"].pk],
        get=ADMINISTRATOR,
        post="login 403 403 403 403 403 403 302 403",
    ),
    "portal:user_close": Row(
        args=lambda world: [world.users["business_own"].pk],
        get=NO_POST,
        post="login 403 403 403 403 403 403 302 403",
    ),
    "portal:job_list": Row(get=ADMINISTRATOR, post=NO_POST),
    "portal:job_retry": Row(
        args=lambda world: [world.job.pk],
        get=NO_POST,
        post="login 403 403 403 403 403 403 302 403",
    ),
    "portal:audit_list": Row(get=ADMINISTRATOR, post=NO_POST),
    # The mails of the demonstration exist in demo mode only; tests run without it.
    "portal:demo_mails": Row(get="404"),
    "portal:demo_mail": Row(args=lambda world: ["a.eml"], get="404"),
}
