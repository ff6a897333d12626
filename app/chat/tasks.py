"""The jobs of chat. Each takes what it works with from `services(context).get(Chat)`."""

from procrastinate import Blueprint

tasks = Blueprint()
