"""English for everything that a citizen can meet, chosen by the person; the team reads Vietnamese."""

from __future__ import annotations

import re

from bot.domain.incidents import CitizenKind
from bot.playground.chats import Message
from tests.conftest import Stage
from tests.journeys.walks import CONSENT, consents, quiet, rows
from tests.people import Person, Team, code_in

VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")
STORY = "Somebody who said he was from the police asked me to transfer 20 million dong"


async def learns_english(person: Person) -> None:
    await person.says("/ngonngu")
    await person.presses("English")
    await person.sees("From now on")


def said_in_vietnamese(stage: Stage, messages: list[Message]) -> list[str]:
    """Texts with a Vietnamese letter in them, but for names that the policy gives and the way back to Vietnamese."""
    policy = stage.policy
    names = [words.in_language("en") for row in policy.bodies for words in (row.name, row.short) if words]
    names += [law.name.in_language("en") for law in policy.laws] + [law.number for law in policy.laws]
    names += [words.in_language("en") for one in policy.channels for words in (one.name, one.purpose)]
    # The way back, the country's name, and whom to ask for in the words on the door.
    names += ["Chọn ngôn ngữ", "Ngôn ngữ", "Tiếng Việt", "Việt Nam", "Công an xã, phường"]
    found = []
    for message in messages:
        text = " ".join([message.text, *(key["text"] for row in message.keys for key in row)])
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "")
        if VIETNAMESE.search(text):
            found.append(text)
    return found


async def test_a_citizen_walks_everything_in_english_and_the_team_reads_vietnamese(
    running_stage: Stage, team: Team, responder: Person
) -> None:
    visitor = running_stage.person("John Smith")
    visitor.user.language = "en"
    await visitor.says("/ngonngu")
    asked = await visitor.sees("English")
    await visitor.presses("English")
    await visitor.sees("From now on")
    await visitor.starts()
    await visitor.presses("Report an incident")
    await visitor.presses("I lost money to a scam")
    await visitor.sees("Question 2 of 5")
    await visitor.says("no")
    await visitor.sees("Please add a few words")
    await visitor.says(STORY)
    await visitor.sees("When did it happen")
    await visitor.says("once upon")
    await visitor.sees("We could not read that time")
    await visitor.presses("Yesterday")
    await visitor.presses("Skip", "account number or name")
    await visitor.presses("Yes, please call me")
    await visitor.presses("I agree")
    await visitor.sees("Which number should the officer call")
    await visitor.says("no number")
    await visitor.sees("does not look right")
    await visitor.says("0912 345 678")
    await visitor.presses("Skip", "address you")
    await visitor.presses("Edit")
    await visitor.presses("Back", "Please check")
    await visitor.presses("Send", "Please check")
    code = code_in(await visitor.sees("incident code"))
    card = await team.sees(code)
    assert "Tình trạng: mới" in card.text
    assert "Tôi bị lừa mất tiền" in card.text
    await team.presses(responder, "Nhận xử lý", code)
    await visitor.sees("an officer took it up")
    await team.presses(responder, "Chi tiết (riêng)", code)
    await responder.sees("Người báo: 0912 345 678")
    for command in ("/tracuu", f"/tracuu {code}", "/daumoi", "/trogiup", "/chiase", "/huy", "/riengtu", "hi"):
        await visitor.says(command)
    await visitor.presses("See my data")
    await visitor.presses("Withdraw consent")
    await visitor.presses("Ask to correct or erase")
    await visitor.presses("Erase my data")
    await visitor.presses("Skip", "which information")
    await visitor.presses("Send", "check your request")
    await visitor.sees("YC-")
    await quiet(running_stage)
    english = [message for message in visitor.messages if message.id > asked.id]
    assert said_in_vietnamese(running_stage, english) == []
    (given,) = await consents(running_stage, "contact")
    assert given["language"] == "en"
    assert "About your personal" in given["text"] or "personal information" in given["text"].lower()


async def test_first_aid_pictures_silence_cancel_and_guard_speak_english_too(running_stage: Stage, team: Team) -> None:
    visitor = running_stage.person("John Smith")
    await learns_english(visitor)
    for number in range(len(CitizenKind)):
        await visitor.says("/baosuco")
        await quiet(running_stage)
        await visitor.presses(str(visitor.last.keys[number][0]["text"]), "Question 1 of 5")
        await visitor.says("/huy")
        await quiet(running_stage)
    await visitor.says("They have my password: Summer@1987 and I am scared")
    await visitor.sees("Question")
    running_stage.telegram.sends_photo(visitor.user, visitor.chat, b"x")
    await quiet(running_stage)
    running_stage.clock.move(minutes=3, seconds=1)
    await visitor.sees("As you paused")
    await visitor.says("/huy")
    await visitor.sees("Do you want to withdraw")
    running_stage.telegram.sends_sticker(visitor.user, visitor.chat)
    await quiet(running_stage)
    assert said_in_vietnamese(running_stage, visitor.messages[1:]) == []


async def test_toasts_speak_the_language_of_whoever_pressed(running_stage: Stage, reporter: Person) -> None:
    await learns_english(reporter)
    press = await reporter.forges("f:nothing:kind:a:x")
    assert not VIETNAMESE.search(press.answers[0][0] or "")


async def test_the_way_back_to_vietnamese_is_one_command(running_stage: Stage, reporter: Person) -> None:
    await learns_english(reporter)
    await reporter.says("/language")
    await reporter.presses("Tiếng Việt")
    await reporter.sees("Từ bây giờ")
    await reporter.says("/baosuco")
    await reporter.sees("đang gặp chuyện gì")
    (row,) = await rows(running_stage, "SELECT language FROM people WHERE telegram_id = :id", id=reporter.user.id)
    assert row["language"] == "vi"


async def test_language_can_be_changed_in_the_middle_of_a_form(running_stage: Stage, reporter: Person) -> None:
    await reporter.says("/baosuco")
    await reporter.presses("Tôi bị lừa mất tiền")
    await reporter.sees("Câu 2/5")
    await learns_english(reporter)
    await reporter.says(STORY)
    await reporter.sees("When did it happen")
    assert CONSENT not in " ".join(message.text for message in reporter.messages)
