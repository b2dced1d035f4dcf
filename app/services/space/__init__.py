"""The enterprise's space: who comes in and how (entry), who they are (persons), who belongs to it (members)."""
