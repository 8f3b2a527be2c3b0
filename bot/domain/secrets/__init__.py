"""What must never reach the disk: secrets in what people write are masked before it is stored."""

from bot.domain.secrets.guard import Guarded, guard
from bot.domain.secrets.kinds import Secret
from bot.domain.secrets.update import guard_update

__all__ = ["Guarded", "Secret", "guard", "guard_update"]
