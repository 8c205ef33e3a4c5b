"""The recordings that kinds about sounds and films are tried with; scripts/demo_sound.py and demo_film.py make them."""

from tasks_app.tools.fields import Json

SOUND_FILE = "demo/garden.wav"
SOUND: Json = {"audio": "demo", "milliseconds": 6000, "name": "garden.wav"}
FILM_FILE = "demo/yard.webm"
FILM: Json = {"video": "demo", "milliseconds": 4000, "width": 480, "height": 270, "name": "yard.webm"}
