"""Actors with dated roles, their ways to sign in, and the officers with their certificates."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.models.base import Base, Code, Id
from app.store.models.facts import Sequence


class ActorRow(Base):
    """A person, a token, or the platform itself. `person` groups actors of one human being."""

    __tablename__ = "actors"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]


class User(Base):
    """A person's account. `password_hash` is argon2id."""

    __tablename__ = "users"
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    certificate_no: Mapped[str | None] = mapped_column(String(40))
    disabled_at: Mapped[datetime | None]
    password_changed_at: Mapped[datetime | None]
    password_given: Mapped[bool] = mapped_column(default=False)  # by somebody else, who knows it


class SecondFactor(Base):
    """An authenticator app. `secret` is sealed, `last_step` the newest time step whose code was used."""

    __tablename__ = "second_factors"
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Base):
    """One of ten ways in without the app, each once. `mark` is a keyed mark: the code was shown once, stored nowhere."""

    __tablename__ = "recovery_codes"
    mark: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), index=True)
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential: its id and public key (COSE); a private key never leaves the person's device."""

    __tablename__ = "passkeys"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class RoleAssignment(Base):
    __tablename__ = "role_assignments"
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), index=True)
    unit: Mapped[str] = mapped_column(Code, ForeignKey("units.code"))
    role: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class ApiToken(Base):
    """`hash` is SHA-256 of the token, which is shown once and stored nowhere."""

    __tablename__ = "api_tokens"
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    scopes: Mapped[str] = mapped_column(String(200), default="")  # domain/tokens.py; none: all that the role may
    last_used_at: Mapped[datetime | None]
    issued_by: Mapped[str | None] = mapped_column(Id)


class LoginSession(Base):
    """A signed-in browser. The cookie holds a random value of which only SHA-256 is kept.

    `device` and `place` are coarse (domain/sign_in.py); `needs_code`: the second factor is still to come.
    """

    __tablename__ = "login_sessions"
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(40), default="")
    needs_code: Mapped[bool] = mapped_column(default=False)
    trusted: Mapped[bool] = mapped_column(default=False)  # the office's sign-in did the second factor


class OfficeSubject(Base):
    """Whom the office's own sign-in knows an account as: a keyed mark of issuer and subject."""

    __tablename__ = "office_subjects"
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    linked_at: Mapped[datetime]


class SignInFailure(Base):
    """How often somebody failed to sign in to an account (or to none) in an hour; one fact when the hour is over."""

    __tablename__ = "sign_in_failures"
    actor: Mapped[str] = mapped_column(Id, primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class AccountNotice(Base):
    """What somebody is told about the own account: signed in on a new device, password changed. Coarse, as sessions are."""

    __tablename__ = "account_notices"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    actor: Mapped[str] = mapped_column(Id, ForeignKey("actors.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(index=True)


class Officer(Base):
    """An enforcement officer, known by the certificate. A certificate number has no public format: text."""

    __tablename__ = "officers"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    certificate_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    unit: Mapped[str | None] = mapped_column(Code, ForeignKey("units.code"), index=True)


class Certificate(Base):
    """One validity of an officer's certificate; both dates included, `valid_until` None: until further notice."""

    __tablename__ = "certificates"
    __table_args__ = (UniqueConstraint("certificate_no", "valid_from"),)
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    certificate_no: Mapped[str] = mapped_column(String(40), ForeignKey("officers.certificate_no"), index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]


class CertificateSuspension(Base):
    __tablename__ = "certificate_suspensions"
    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    certificate_no: Mapped[str] = mapped_column(String(40), ForeignKey("officers.certificate_no"), index=True)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(200))
