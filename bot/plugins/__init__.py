"""One NoneBot plugin a subject, thin: commands are declared here, rules live in core, words in templates."""

NAMES = ("door", "guide", "labs", "activities", "pushes")
