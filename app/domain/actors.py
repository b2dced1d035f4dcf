"""Who acts: a person or an API token in one role for one unit. Separate powers are decided here."""

from dataclasses import dataclass

from app.domain.errors import Forbidden

INSPECTOR, HEAD, SUPERVISOR, ADMIN, INTEGRATION = "inspector", "head", "supervisor", "admin", "integration"
DISCIPLINE, OBSERVER = "discipline", "observer"  # 纪检监察, who watches the watchers; 社会监督员 and contact points
ROLES = (INSPECTOR, HEAD, SUPERVISOR, ADMIN, INTEGRATION, DISCIPLINE, OBSERVER)
# The kind of unit that a role belongs to; a role that is not here may be of any kind.
UNIT_OF_ROLE = {SUPERVISOR: "supervisor", DISCIPLINE: "discipline", OBSERVER: "supervisor"}


@dataclass(frozen=True, slots=True)
class Actor:
    """`person` is the person behind a login, or None for a token. `regions` is the own region and all below it.

    `acting_for`: the head whose deputy this actor is today; the role is then that of the head.
    """

    id: str
    kind: str  # person | token | system | public
    name: str
    role: str | None = None
    unit: str | None = None
    region: str | None = None
    regions: frozenset[str] = frozenset()
    person: str | None = None
    acting_for: str | None = None  # a deputy (代理负责人) has the role of this head, on these dates
    acting_for_name: str | None = None

    @property
    def identity(self) -> str:
        """What applicant ≠ approver is checked on: the person, else the token itself."""
        return self.person or self.id

    def may(self, *roles: str) -> bool:
        return self.role in roles

    @property
    def oversees(self) -> bool:
        """Whether the actor reads all units of the own regions. Only a supervisor also acts."""
        return self.role in (SUPERVISOR, DISCIPLINE)

    def require(self, *roles: str) -> None:
        """Raises Forbidden("wrong_role") unless the actor has one of `roles`."""
        if self.role not in roles:
            raise Forbidden("wrong_role", roles=", ".join(roles))


PUBLIC = Actor(id="public", kind="public", name="公众")
SYSTEM = Actor(id="system", kind="system", name="平台")
