"""Who may do what: permissions that services declare, and what a community changed about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.store.staff import ROLE_WORDS, Role


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Something that not everybody may do. `roles` have it unless a community says otherwise; admins always."""

    name: str  # ticket.view
    title: str  # 看报修工单
    roles: tuple[Role, ...] = (Role.MANAGER,)

    def is_default(self, role: Role) -> bool:
        """Tell whether a role has it where nothing was changed."""
        return role is Role.ADMIN or role in self.roles


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
        return permission is not None and self.changed.get((role, need), permission.is_default(role))

    def holders(self, need: str) -> list[str]:
        """Return what people call the roles that have a permission, for "ask one of these"."""
        return [ROLE_WORDS[role] for role in Role if self.may(role, need)]
