"""The scenes of the script, in order. A new subject is one more scene."""

from bot.demo.scenes import autumn, cards, enrol, join, remind, results, samples

SCENES = (
    join.ask,
    join.apply,
    join.assign,
    enrol.campaign,
    enrol.bind,
    samples.programmes,
    samples.send,
    remind.spring,
    results.scores,
    autumn.autumn,
    cards.cards,
    results.certificates,
)
