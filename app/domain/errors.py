"""What the domain refuses, with a stable code, the field it belongs to and the data of the sentence.

    DomainError
    ├── NotFound         no such thing, or not one the actor may see                           (404)
    └── Declined         a form is shown again with the sentence
        ├── Refused      the request is understood but the state or a rule does not allow it   (409)
        ├── Invalid      a field is missing or wrong; the reader can mend it                   (422)
        ├── Forbidden    the actor's role may not do this                                      (403)
        └── TooMany      asked too often; try again later                                      (429)

No HTTP status and no sentence stands here: `app/errors.py` maps kind and code to both.
"""

from typing import Any


class DomainError(Exception):
    """`code` is stable (api.md), `field` names the input it belongs to, `data` fills the sentence."""

    def __init__(self, code: str, field: str | None = None, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.data = data


class NotFound(DomainError):
    pass


class Declined(DomainError):
    """What a person can do something about: another value, another moment, another person."""


class Refused(Declined):
    pass


class Forbidden(Declined):
    pass


class TooMany(Declined):
    pass


class Invalid(Declined):
    """One or several wrong fields. `problems` holds (field, code, data) for each; never empty."""

    def __init__(
        self, code: str, field: str | None = None, problems: "list[Problem] | None" = None, **data: Any
    ) -> None:
        super().__init__(code, field, **data)
        self.problems: list[Problem] = problems or [(field or "", code, data)]


Problem = tuple[str, str, dict[str, Any]]
