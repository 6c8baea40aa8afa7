from types import SimpleNamespace

from portal.models import Job, JobStatus
from tests.access import Row

ANYBODY = Row(get="200")
SIGNED_IN = "login 200 200 200 200 200 200 200"
ADMINISTRATOR = "login 403 403 403 403 403 403 200"
NO_POST = "login 405 405 405 405 405 405 405"


def build(world: SimpleNamespace) -> None:
    world.job = Job.objects.create(key="failed one", kind="portal.clean_up", status=JobStatus.FAILED)


ROWS: dict[str, Row] = {
    "healthz": ANYBODY,
    "readyz": ANYBODY,
    "security_txt": ANYBODY,
    "portal:home": ANYBODY,
    "portal:start": Row(get="login 302 302 302 302 302 302 302", post=NO_POST),
    "portal:desk": Row(get=SIGNED_IN, post=NO_POST),
    "portal:profile": Row(get=SIGNED_IN, post="login 422 422 422 422 422 422 422"),
    "portal:help": ANYBODY,
    "portal:help_screening": ANYBODY,
    "portal:accessibility": ANYBODY,
    "portal:privacy": ANYBODY,
    "portal:styleguide": ANYBODY,
    "portal:manage": Row(get=ADMINISTRATOR, post=NO_POST),
    "portal:user_list": Row(get=ADMINISTRATOR, post=NO_POST),
    "portal:user_edit": Row(
        args=lambda world: [world.users["business_own"].pk],
        get=ADMINISTRATOR,
        post="login 403 403 403 403 403 403 302",
    ),
    "portal:user_close": Row(
        args=lambda world: [world.users["business_own"].pk],
        get=NO_POST,
        post="login 403 403 403 403 403 403 302",
    ),
    "portal:job_list": Row(get=ADMINISTRATOR, post=NO_POST),
    "portal:job_retry": Row(
        args=lambda world: [world.job.pk],
        get=NO_POST,
        post="login 403 403 403 403 403 403 302",
    ),
    "portal:audit_list": Row(get=ADMINISTRATOR, post=NO_POST),
    # The mails of the demonstration exist in demo mode only; tests run without it.
    "portal:demo_mails": Row(get="404"),
    "portal:demo_mail": Row(args=lambda world: ["a.eml"], get="404"),
}
