"""What the domain of a mail address says about a company. Pure: texts in, answers out."""

from urllib.parse import urlsplit

# Mailboxes that anybody may open: a domain of these says nothing about an employer.
FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "yahoo.fr", "yahoo.co.uk", "outlook.com", "hotmail.com",
    "hotmail.fr", "live.com", "msn.com", "icloud.com", "me.com", "aol.com", "proton.me",
    "protonmail.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "mail.com", "zoho.com", "yandex.ru",
    "yandex.com", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "rambler.ru", "qq.com", "163.com",
    "126.com", "sina.com", "foxmail.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net",
    "libero.it", "t-online.de", "rediffmail.com",
})  # fmt: skip


def domain_of(address: str) -> str:
    """The domain of a mail address or of a website, without "www."; "" where there is none."""
    text = address.strip().lower()
    if "@" in text and "/" not in text:
        return text.rpartition("@")[2]
    host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    return host.removeprefix("www.") if "." in host else ""


def is_company_domain(domain: str) -> bool:
    return bool(domain) and domain not in FREE_MAIL


def is_own_domain(email: str, website: str) -> bool:
    """Whether a mail address is at the domain of a website, or at a name below it."""
    mail, site = domain_of(email), domain_of(website)
    return is_company_domain(mail) and bool(site) and (mail == site or mail.endswith(f".{site}"))
