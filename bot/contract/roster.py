"""The roster as a service may read it: who lives in a flat, who works here; `work.bind` and `work.unbind` say who is bound."""

from bot.language.addresses import SHOP, is_shop, label_of
from bot.store.audience import building_of
from bot.store.claims import claim as claim_flat
from bot.store.claims import drop as drop_claim
from bot.store.claims import of as claim_of
from bot.store.invitations import Invitation, invite, inviter_of
from bot.store.invitations import end as end_invitation
from bot.store.invitations import end_all_of as end_invitations_of
from bot.store.invitations import find as find_invitation
from bot.store.invitations import open_to as open_invitations
from bot.store.limits import used as used_today
from bot.store.objections import flats_against, is_objected
from bot.store.people import (
    EVIDENCE_WORDS,
    RESIDENT_ROLE_WORDS,
    Binding,
    also_known,
    binding_of,
    binding_that_ended,
    bindings_before,
    bound,
    bound_at,
    by_public_id,
    ever_bound,
    homes,
    lives_where_unknown,
    residence,
    residences_of,
    residences_of_all,
    speak_for,
    was_anothers,
)
from bot.store.people import of_household as people_of
from bot.store.people import of_households as people_by_flat
from bot.store.staff import active, by_login

__all__ = [
    "EVIDENCE_WORDS", "RESIDENT_ROLE_WORDS", "SHOP", "Binding", "Invitation", "active", "also_known", "binding_of", "binding_that_ended", "bindings_before", "bound", "bound_at", "building_of", "by_login", "by_public_id", "claim_flat", "claim_of",
    "drop_claim", "end_invitation", "end_invitations_of", "ever_bound", "find_invitation", "flats_against", "homes", "invite", "inviter_of", "is_objected",
    "is_shop", "label_of", "lives_where_unknown", "open_invitations", "people_by_flat", "people_of", "residence", "residences_of", "residences_of_all", "speak_for", "used_today", "was_anothers",
]  # fmt: skip
