"""What Telegram tells about chats: groups that move, people who block and come back, administrators without a face."""

from __future__ import annotations

from telegram import ChatMember, Update

from bot.services.staffing import teams
from handlers import seats
from handlers.context import Context
from storage import people


async def migrated(update: Update, context: Context) -> None:
    """A group became a supergroup. Telegram says it twice, in the old chat and in the new one."""
    message = update.message
    assert message is not None
    if message.migrate_to_chat_id is not None:
        await teams.moved(context.desk, message.chat.id, message.migrate_to_chat_id)
    elif message.migrate_from_chat_id is not None:
        await teams.moved(context.desk, message.migrate_from_chat_id, message.chat.id)


async def membership_changed(update: Update, context: Context) -> None:
    """Somebody blocked the bot in private, or came back; in a group the bot's own standing changed."""
    change = update.my_chat_member
    assert change is not None
    if not context.incoming.in_private:
        await seats.own_changed(update, context)
        return
    gone = change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
    await people.reach(context.desk.tx, context.person.id, context.desk.now if gone else None)


async def faceless(update: Update, context: Context) -> None:
    """An anonymous administrator: the bot cannot know who acts."""
    assert context.group is not None
    await context.desk.tell_group(context.group, "group.anonymous")


async def led_away(update: Update, context: Context) -> None:
    """A command of the private chat, typed in the team's group; silence there would look like a bot that is broken."""
    message = update.message
    assert message is not None
    assert message.text is not None
    assert context.group is not None
    command = message.text.split(maxsplit=1)[0].partition("@")[0]
    await context.desk.tell_group(context.group, "group.in_private", command=command)


async def stale_press(update: Update, context: Context) -> None:
    """A button that nobody knows (any more)."""
    context.toast("press.stale.toast")


async def overheard(update: Update, context: Context) -> None:
    """Talk in a group, service messages, polls: nothing to do, and nothing is kept."""
