"""The scenes of the script, in order. A new subject is one more scene."""

from bot.demo.scenes import autumn, join, remind, samples

SCENES = (join.ask, join.apply, join.assign, samples.programmes, samples.send, remind.spring, autumn.autumn)
