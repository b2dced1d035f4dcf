"""What an API token may do within its role: nothing more than its scopes say."""

from app.domain.actors import HEAD, INSPECTOR, INTEGRATION, Actor

AREAS = (
    "inspections", "invitations", "plans", "papers", "flags", "case-records", "units", "items", "officers", "enterprises", "stats",
    "changes", "figures",
)  # fmt: skip
READ = "read"  # every area, reading only
LONGEST_DAYS = 366
ISSUED_BY_HEAD = (INTEGRATION, INSPECTOR, HEAD)  # a head has these powers in the own unit
ISSUED_BY_ADMIN = (INTEGRATION,)  # an administrator gives nobody a power that he has not: separate powers


def known_scopes() -> tuple[str, ...]:
    """`read`, an area, or an area to read only (`inspections:read`)."""
    return (READ, *AREAS, *(f"{area}:{READ}" for area in AREAS))


def allows(scopes: str, method: str, area: str) -> bool:
    """Whether scopes (separated by spaces; none: all that the role may) allow a method on an area."""
    given = scopes.split()
    if not given or area in given:
        return True
    return method in ("GET", "HEAD") and (READ in given or f"{area}:{READ}" in given)


def may_issue(actor: Actor) -> tuple[str, ...]:
    """The roles that `actor` may issue tokens in."""
    return ISSUED_BY_HEAD if actor.role == HEAD and not actor.acting_for else ISSUED_BY_ADMIN
