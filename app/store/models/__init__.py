"""All tables, so that metadata is complete after one import."""

from app.store.models.applying import ApplicationKey, ApplicationTemplate, Batch, BatchRow, Deputy, Draft
from app.store.models.base import Base
from app.store.models.callbacks import Callback, CallbackDraw
from app.store.models.case_records import CaseRecord
from app.store.models.choices import OwnChoice
from app.store.models.day_figures import DayFigures, FigureMark
from app.store.models.enterprises import DoNotDisturb, Enterprise, EnterpriseCode, EnterprisePhone, EnterpriseRecord
from app.store.models.facts import FactRow
from app.store.models.files import FileRow, Job
from app.store.models.flags import BadPresentation, FindingRow, RuleClock
from app.store.models.followup import RedTold, SavedView, Subscription, UnitQuestion, Watch
from app.store.models.inspections import (
    Challenge,
    CodeRow,
    InspectionInvitation,
    InspectionItem,
    InspectionOfficer,
    InspectionRow,
    InspectionUnit,
    IssueCounter,
    UnitKey,
)
from app.store.models.log import Log, LogCosignature, LogDummy, LogEntry, LogHead, LogQueued, LogTile, LogWitness
from app.store.models.mirroring import Connector, ConnectorRefusal, MirroredVisit
from app.store.models.onsite import CodePlace, ItemPoint, RectificationRow, RegionPlace, VisitDraft, VisitPhoto
from app.store.models.overseeing import Accompanying, Campaign, CaseFile, FlagReview, Observation, Recusal
from app.store.models.papers import PaperCounter, PaperRow, PaperSetting
from app.store.models.people import (
    AccountNotice,
    ActorRow,
    ApiToken,
    Certificate,
    CertificateSuspension,
    LoginSession,
    Officer,
    OfficeSubject,
    Passkey,
    RecoveryCode,
    RoleAssignment,
    SecondFactor,
    SignInFailure,
    User,
)
from app.store.models.plans import Lot, OfficerConflict, Plan, PlanKeyEnterprise, PlanRow
from app.store.models.proposals import Proposal
from app.store.models.reference import (
    CalendarDay,
    Item,
    ItemTerm,
    JurisdictionSetting,
    NationalCode,
    Policy,
    Region,
    RegisterVersion,
    Unit,
    UnitTerritory,
)
from app.store.models.space import MatterRow, OutboxRow, SpaceCode, SpaceMember, SpacePerson, SpaceSession
from app.store.models.speech import Contact, DeviceArrival, DeviceMark, Speech
from app.store.models.system import IdempotencyKey, RateBucket, SignedDocument
from app.store.models.watching import Lead, LeadStep, Look

__all__ = [
    "Accompanying", "AccountNotice", "ActorRow", "ApiToken", "ApplicationKey", "ApplicationTemplate",
    "BadPresentation", "Base", "Batch", "BatchRow", "CalendarDay", "Callback", "CallbackDraw", "Campaign",
    "CaseFile", "CaseRecord", "Certificate", "CertificateSuspension", "Challenge", "CodePlace", "CodeRow",
    "Connector", "ConnectorRefusal", "Contact", "DayFigures", "Deputy", "DeviceArrival", "DeviceMark",
    "DoNotDisturb", "Draft", "Enterprise", "EnterpriseCode", "EnterprisePhone", "EnterpriseRecord", "FactRow",
    "FigureMark", "FileRow", "FindingRow", "FlagReview", "IdempotencyKey", "InspectionInvitation", "InspectionItem",
    "InspectionOfficer", "InspectionRow", "InspectionUnit", "IssueCounter", "Item", "ItemPoint", "ItemTerm", "Job",
    "JurisdictionSetting", "Lead", "LeadStep", "Log", "LogCosignature", "LogDummy", "LogEntry", "LogHead",
    "LogQueued", "LogTile", "LogWitness", "LoginSession", "Look", "Lot", "MatterRow", "MirroredVisit",
    "NationalCode", "Observation", "OfficeSubject", "Officer", "OfficerConflict", "OutboxRow", "OwnChoice",
    "PaperCounter", "PaperRow", "PaperSetting", "Passkey", "Plan", "PlanKeyEnterprise", "PlanRow", "Policy",
    "Proposal", "RateBucket", "RecoveryCode", "RectificationRow", "Recusal", "RedTold", "Region", "RegionPlace",
    "RegisterVersion", "RoleAssignment", "RuleClock", "SavedView", "SecondFactor", "SignInFailure",
    "SignedDocument", "SpaceCode", "SpaceMember", "SpacePerson", "SpaceSession", "Speech", "Subscription", "Unit",
    "UnitKey", "UnitQuestion", "UnitTerritory", "User", "VisitDraft", "VisitPhoto", "Watch",
]  # fmt: skip
