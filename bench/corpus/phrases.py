"""Of what the long conversations of the corpus are put together."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fact:
    """`told` by the person, in the middle of a sentence; `question` and `answer` come later."""

    told: str
    question: str
    answer: str
    values: tuple[str, ...]


FACTS = (
    Fact(
        "my sister is called {}.",
        "What is my sister called again?",
        "Your sister is called {}.",
        ("Ines", "Margit", "Odile", "Priya"),
    ),
    Fact(
        "my dog's name is {}.",
        "What was my dog's name?",
        "Your dog is {}.",
        ("Pixel", "Bramble", "Otto", "Mabel"),
    ),
    Fact(
        "I live in {}.",
        "Do you remember where I live?",
        "You live in {}.",
        ("Ljubljana", "Ghent", "Porto", "Trondheim"),
    ),
    Fact(
        "I work at {}.",
        "Where do I work?",
        "You work at {}.",
        ("Halden Freight", "Nordlicht Optik", "Casa Verde", "Brightwell Clinic"),
    ),
    Fact(
        "I'm allergic to {}.",
        "Which allergy of mine should a cook know about?",
        "You are allergic to {}.",
        ("hazelnuts", "shellfish", "sesame", "celery"),
    ),
    Fact(
        "my budget for the trip is {} euros.",
        "How much was my budget for the trip?",
        "Your budget for the trip is {} euros.",
        ("1,450", "2,300", "980", "3,120"),
    ),
    Fact(
        "my flight leaves on {}.",
        "When does my flight leave?",
        "Your flight leaves on {}.",
        ("9 May", "17 June", "2 September", "28 October"),
    ),
    Fact(
        "the booking reference of the hotel is {}.",
        "What is the booking reference of the hotel?",
        "The booking reference is {}.",
        ("KX-4471", "PLM-902", "TT-83Q", "ZR-1159"),
    ),
    Fact(
        "our project is called {} inside the company.",
        "What do we call our project inside the company?",
        "You call it {}.",
        ("Heron", "Quartz", "Lantern", "Sandbar"),
    ),
    Fact(
        "the deadline for the report is {}.",
        "When is the deadline for the report?",
        "The deadline is {}.",
        ("12 March", "30 April", "6 November", "21 January"),
    ),
    Fact(
        "my favourite tea is {}.",
        "Which tea do I like best?",
        "Your favourite tea is {}.",
        ("lapsang", "rooibos", "genmaicha", "darjeeling"),
    ),
    Fact(
        "I prefer {} over everything else to get around.",
        "How do I prefer to get around?",
        "You prefer {}.",
        ("night trains", "cargo bikes", "ferries", "trams"),
    ),
    Fact(
        "my car is a {}.",
        "What car do I have?",
        "You have a {}.",
        ("Skoda Fabia", "Renault Zoe", "Volvo 240", "Fiat Panda"),
    ),
    Fact(
        "the server that gives us trouble is called {}.",
        "What is the server called that gives us trouble?",
        "It is called {}.",
        ("db-prod-07", "atlas-3", "mail-eu-2", "cache-north"),
    ),
    Fact(
        "my appointment with Dr. Lindqvist is at {}.",
        "At what time is my appointment with Dr. Lindqvist?",
        "Your appointment is at {}.",
        ("8:15", "11:40", "14:20", "16:05"),
    ),
    Fact(
        "my daughter plays the {}.",
        "Which instrument does my daughter play?",
        "Your daughter plays the {}.",
        ("oboe", "cello", "trombone", "accordion"),
    ),
    Fact(
        "we are {} people in the team.",
        "How many people are we in the team?",
        "You are {} in the team.",
        ("eleven", "fourteen", "twenty-three", "seven"),
    ),
    Fact(
        "my shoe size is {}.",
        "What is my shoe size?",
        "Your shoe size is {}.",
        ("37.5", "41", "44.5", "46"),
    ),
)

REPLIES = (
    "Thanks, that helps.",
    "I see.",
    "That makes sense.",
    "Great, thank you!",
    "Hm, interesting.",
    "All right.",
    "Good to hear.",
    "Let me think about that.",
)
NOTED = (
    "Thanks for telling me, I'll keep that in mind for whatever comes up later.",
    "Good to know! I'll take it into account as we go on.",
    "Understood. That may well matter further along, so it is good to have it said.",
    "Noted. Just say so if anything about it changes.",
)
ANSWERS = (
    "Good question.",
    "It depends a little on what you are after, but here is how most people go about it.",
    "There are several ways, and the simplest is usually the best one to begin with.",
    "Certainly.",
    "That comes up often, and there is no single right answer to it.",
    "Let us go through it step by step.",
)

SUBJECTS: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("subjects.json").read_text("utf-8")
)
"""What is talked about in between: questions, and sentences of which answers are made."""
