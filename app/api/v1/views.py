"""Brings the operations together, so that the blueprint has them all."""

from app.api.v1 import flags, inspections, joint, openapi, papers, plans, public, reference
from app.api.v1.operations import blueprint

__all__ = ["blueprint", "flags", "inspections", "joint", "openapi", "papers", "plans", "public", "reference"]
