"""`/trucban`: who has the duty, the week, swaps between colleagues, and planning for leads."""

from __future__ import annotations

from telegram import Update

from bot.domain.errors import Refusal
from bot.domain.presses import Duty, FillShift, GiveShift, OnDuty, PlanWeek, TakeShift
from bot.services.duty import rota, rota_plans, rota_swaps, rota_watch
from handlers.context import Context


async def asked(update: Update, context: Context) -> None:
    """`/trucban`."""
    if context.group is not None:
        await rota.show_to_group(context.desk, context.person, context.group)
        return
    await rota.show(context.desk, context.person)


async def opened(context: Context, payload: str) -> bool:
    """The key under the answer in the group leads here; false where the payload is none of ours."""
    if payload != rota.DOOR:
        return False
    await rota.show(context.desk, context.person)
    return True


async def turned(update: Update, context: Context) -> None:
    """Another week, or a week as a picture."""
    press = context.incoming.press
    assert isinstance(press, Duty)
    monday = rota.monday_named(context.desk, press.week)
    if press.view == "picture":
        await rota.order_picture(context.desk, context.person, monday)
    elif press.view == "week":
        await rota.show(context.desk, context.person, monday, context.incoming.message)
    else:
        raise Refusal("press.stale.toast")


async def planned(update: Update, context: Context) -> None:
    """A week as keys, or last week copied into it."""
    press = context.incoming.press
    assert isinstance(press, PlanWeek)
    desk, person, message = context.desk, context.person, context.incoming.message
    monday = rota.monday_named(desk, press.week)
    if press.act == "copy":
        context.toast("rota.copied.toast", n=await rota_plans.copy(desk, person, monday, message))
    elif press.act == "":
        await rota_plans.show(desk, person, monday, message)
    else:
        raise Refusal("press.stale.toast")


async def filled(update: Update, context: Context) -> None:
    """A shift: who has it."""
    press = context.incoming.press
    assert isinstance(press, FillShift)
    context.toast(await rota_plans.fill(context.desk, context.person, press, context.incoming.message))


async def given(update: Update, context: Context) -> None:
    """*Đổi ca*, step by step."""
    press = context.incoming.press
    assert isinstance(press, GiveShift)
    await rota_swaps.offer(context.desk, context.person, press, context.incoming.message)


async def taken(update: Update, context: Context) -> None:
    """*Nhận ca*, *Không nhận được*."""
    press = context.incoming.press
    assert isinstance(press, TakeShift)
    await rota_swaps.answer(context.desk, context.person, press, context.incoming.message)


async def came(update: Update, context: Context) -> None:
    """*Tôi đã vào ca*."""
    press = context.incoming.press
    assert isinstance(press, OnDuty)
    await rota_watch.come(context.desk, context.person, press, context.incoming.message)
