"""Who may do what: permissions that services declare, and what a community changed about them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bot.store.staff import ROLE_WORDS, Role

#: What everybody needs to come in at all.
START = "console.start"

#: Who sees residents' phone numbers whole.
PHONES = "phone.view"


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Something that not everybody may do. `roles` have it unless a community says otherwise; admins always.

    One named *.view only shows. The city's people, who look at all communities and change none, can have no other.
    """

    name: str  # ticket.view
    title: str  # 看报修工单
    roles: tuple[Role, ...] = (Role.MANAGER,)
    sensitive: str = ""  # what of people is read with it, where each reading is an event: 健康信息; see `Desk.read`
    veils: Collection[
        str
    ] = ()  # set: who lacks it reads no words of health in talks and titles, these among them; see `Desk.veil`

    @property
    def only_shows(self) -> bool:
        """Tell whether nothing can be changed with it."""
        return self.name.endswith(".view") or self.name == START

    def is_open_to(self, role: Role) -> bool:
        """Tell whether a community may decide if a role has it."""
        return role is not Role.ADMIN and (role is not Role.CITY or self.only_shows)

    def is_default(self, role: Role) -> bool:
        """Tell whether a role has it where nothing was changed."""
        return role is Role.ADMIN or (role in self.roles and self.is_open_to(role))


@dataclass(frozen=True, kw_only=True)
class Access:
    """The table in force in one community: all declared permissions, and what was changed."""

    permissions: Mapping[str, Permission]
    changed: Mapping[tuple[Role, str], bool] = field(default_factory=dict)

    def may(self, role: Role, need: str) -> bool:
        """Tell whether a role has a permission; nobody has one that no service declares, but admins."""
        if role is Role.ADMIN:
            return True
        permission = self.permissions.get(need)
        if permission is None or not permission.is_open_to(role):
            return False
        return self.changed.get((role, need), permission.is_default(role))

    def reads_health(self, role: Role) -> bool:
        """Tell whether a role has a permission that is about health; where no service holds such data, nobody is kept from words of it."""
        needs = [permission.name for permission in self.permissions.values() if permission.veils]
        return not needs or any(self.may(role, need) for need in needs)

    def holders(self, need: str) -> list[str]:
        """Return what people call the roles that have a permission, for "ask one of these"."""
        return [ROLE_WORDS[role] for role in Role if self.may(role, need)]
